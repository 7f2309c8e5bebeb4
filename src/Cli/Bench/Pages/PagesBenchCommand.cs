using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Pages;

/// <summary><c>marketing bench console</c>: how long the console's pages take with many customers loaded.</summary>
internal static class PagesBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var customers = VerbOptions.Ranged(
            "--customers",
            "Customers that are loaded first.",
            standard: 100_000,
            least: 100,
            most: 2_000_000
        );
        var visits = VerbOptions.Ranged("--visits", "How often each page is fetched.", standard: 40, least: 5, most: 10_000);
        return BenchVerb.Create(
            "console",
            "Time of the console's pages, with a platform and customers of its own that are thrown away.",
            [customers, visits],
            (parsed, say, ct) => new PagesBench(clock, say).RunAsync(parsed.GetValue(customers), parsed.GetValue(visits), ct),
            (report, output) => report.Write(output)
        );
    }
}
