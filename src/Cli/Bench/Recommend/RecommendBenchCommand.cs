using System.CommandLine;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Recommend;

/// <summary><c>marketing bench recommend</c>: training, single answers, batches and fold-in over a generated shop.</summary>
internal static class RecommendBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var json = VerbOptions.Json();
        var products = VerbOptions.Ranged("--products", "Products of the shop.", 20_000, 100, 1_000_000);
        var customers = VerbOptions.Ranged("--customers", "Customers who bought.", 200_000, 100, 10_000_000);
        var interactions = VerbOptions.Ranged("--interactions", "Order lines.", 5_000_000, 1_000, 100_000_000);
        var rate = VerbOptions.Ranged("--requests-per-second", "Single answers asked for a second.", 500, 1, 100_000);
        var seconds = VerbOptions.Ranged("--seconds", "How long answers and batches are asked for, each.", 20, 1, 3600);
        var command = new Command("recommend", "How long training takes, and how fast answers are computed.")
        {
            json,
            products,
            customers,
            interactions,
            rate,
            seconds,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                try
                {
                    using var bench = new RecommendBench(clock, parsed.InvocationConfiguration.Error.WriteLine);
                    var load = new RecommendLoad(
                        parsed.GetValue(products),
                        parsed.GetValue(customers),
                        parsed.GetValue(interactions),
                        parsed.GetValue(rate),
                        parsed.GetValue(seconds)
                    );
                    var report = await bench.RunAsync(load, ct);
                    if (parsed.GetValue(json))
                        await output.WriteJsonAsync(report);
                    else
                        report.Write(output);
                    return 0;
                }
                catch (LocalServerException missing)
                {
                    throw new CommandException(missing.Message, missing);
                }
            }
        );
        return command;
    }
}
