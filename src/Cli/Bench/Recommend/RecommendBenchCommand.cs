using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Recommend;

/// <summary><c>marketing bench recommend</c>: training, single answers, batches and fold-in over a generated shop.</summary>
internal static class RecommendBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var products = VerbOptions.Ranged("--products", "Products of the shop.", 20_000, 100, 1_000_000);
        var customers = VerbOptions.Ranged("--customers", "Customers who bought.", 200_000, 100, 10_000_000);
        var interactions = VerbOptions.Ranged("--interactions", "Order lines.", 5_000_000, 1_000, 100_000_000);
        var rate = VerbOptions.Ranged("--requests-per-second", "Single answers asked for a second.", 500, 1, 100_000);
        var seconds = VerbOptions.Ranged("--seconds", "How long answers and batches are asked for, each.", 20, 1, 3600);
        return BenchVerb.Create(
            "recommend",
            "How long training takes, and how fast answers are computed.",
            [products, customers, interactions, rate, seconds],
            async (parsed, say, ct) =>
            {
                using var bench = new RecommendBench(clock, say);
                return await bench.RunAsync(
                    new RecommendLoad(
                        parsed.GetValue(products),
                        parsed.GetValue(customers),
                        parsed.GetValue(interactions),
                        parsed.GetValue(rate),
                        parsed.GetValue(seconds)
                    ),
                    ct
                );
            },
            (report, output) => report.Write(output)
        );
    }
}
