using System.CommandLine;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary><c>marketing bench messaging</c>: events a second from one service's outbox to another's committed rows.</summary>
internal static class MessagingBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var json = VerbOptions.Json();
        var seconds = VerbOptions.Ranged(
            "--seconds",
            "About how long each measurement of a round lasts.",
            standard: 4,
            least: 1,
            most: 600
        );
        var rounds = VerbOptions.Ranged("--rounds", "Rounds; the figures are their medians.", standard: 3, least: 1, most: 99);
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
