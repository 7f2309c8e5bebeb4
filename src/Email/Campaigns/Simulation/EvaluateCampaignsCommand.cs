using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Experimentation.Intervals;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Email.Campaigns.Simulation;

/// <summary><c>marketing evaluate campaigns</c>: how often a campaign whose variants are the same mail names a winner, looked at every day.</summary>
internal static class EvaluateCampaignsCommand
{
    public static Command Create()
    {
        var campaigns = VerbOptions.Ranged("--campaigns", "Campaigns to simulate.", 200, 1, 1_000_000);
        var people = VerbOptions.Ranged("--people", "People in each.", 2000, 10, 10_000_000);
        var arms = VerbOptions.Ranged("--arms", "Variants.", 2, 2, 10);
        var days = VerbOptions.Ranged("--days", "Days, with a look on each.", 7, 1, 365);
        var seed = VerbOptions.Ranged("--seed", "Of chance.", 1, 0, int.MaxValue);
        var metric = new Option<string>("--metric")
        {
            Description = "clicks, conversions or revenue.",
            DefaultValueFactory = _ => CampaignWords.Clicks,
        };
        var rate = new Option<double>("--rate") { Description = "Share of people who act.", DefaultValueFactory = _ => 0.03 };
        var better = new Option<double>("--better")
        {
            Description = "Added to the rate of every variant but the first: then it says how often a real difference is found.",
        };
        var json = VerbOptions.Json();
        var command = new Command("campaigns", "Simulate campaigns whose variants are the same mail, and count those that name a winner.")
        {
            campaigns,
            people,
            arms,
            days,
            metric,
            rate,
            better,
            seed,
            json,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var (wanted, share, added) = (parsed.GetRequiredValue(metric), parsed.GetValue(rate), parsed.GetValue(better));
                if (!CampaignWords.Metrics.Contains(wanted))
                    throw new CommandException($"--metric is one of {string.Join(", ", CampaignWords.Metrics)}.");
                if (!(share > 0 && share + added is > 0 and < 1))
                    throw new CommandException("--rate, and --rate with --better added, lie between 0 and 1.");
                var report = SameMailTwice.Run(
                    parsed.GetValue(campaigns),
                    parsed.GetValue(people),
                    parsed.GetValue(arms),
                    parsed.GetValue(days),
                    wanted,
                    share,
                    added,
                    parsed.GetValue(seed)
                );
                var interval = WilsonInterval.Of(new Proportion(report.Declared, report.Campaigns));
                var console = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await console.WriteJsonAsync(
                        new
                        {
                            report.Campaigns,
                            report.Looks,
                            report.Declared,
                            share = interval.Estimate,
                            interval.Lower,
                            interval.Upper,
                            sampleRatioAlarms = report.Alarms,
                        }
                    );
                else
                    await console.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{report.Declared} of {report.Campaigns} campaigns named a winner within {report.Looks} daily looks: {interval.Estimate:P2} ({interval.Lower:P2} to {interval.Upper:P2}); {report.Alarms} raised a sample-ratio alarm."
                        )
                    );
                return 0;
            }
        );
        return command;
    }
}
