using System.CommandLine;
using System.Text.Json;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.LocalServers;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary><c>marketing bench messaging</c>: events a second from one service's outbox to another's committed rows.</summary>
internal static class MessagingBenchCommand
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(TimeProvider clock)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON and nothing else to standard output." };
        var seconds = CommonOptions.Ranged(
            "--seconds",
            "About how long each measurement of a round lasts.",
            standard: 4,
            least: 1,
            most: 600
        );
        var rounds = CommonOptions.Ranged("--rounds", "Rounds; the figures are their medians.", standard: 3, least: 1, most: 99);
        var command = new Command("messaging", "Facts and behaviour events a second between two services, beside RabbitMQ's own client.")
        {
            json,
            seconds,
            rounds,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                var bench = new MessagingBench(clock, parsed.InvocationConfiguration.Error.WriteLine);
                try
                {
                    var report = await bench.RunAsync(parsed.GetRequiredValue(rounds), parsed.GetRequiredValue(seconds), ct);
                    if (parsed.GetValue(json))
                        await output.WriteLineAsync(JsonSerializer.Serialize(report, Layout));
                    else
                        report.Write(output);
                    return 0;
                }
                catch (LocalServerException missing)
                {
                    throw new CommandFailure(missing.Message, missing);
                }
            }
        );
        return command;
    }
}
