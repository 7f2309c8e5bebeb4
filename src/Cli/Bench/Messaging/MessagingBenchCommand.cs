using System.CommandLine;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary><c>marketing bench messaging</c>: events a second from one service's outbox to another's committed rows.</summary>
internal static class MessagingBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var seconds = VerbOptions.Ranged(
            "--seconds",
            "About how long each measurement of a round lasts.",
            standard: 4,
            least: 1,
            most: 600
        );
        var rounds = VerbOptions.Ranged("--rounds", "Rounds; the figures are their medians.", standard: 3, least: 1, most: 99);
        return BenchVerb.Create(
            "messaging",
            "Facts and behaviour events a second between two services, beside RabbitMQ's own client.",
            [seconds, rounds],
            (parsed, say, ct) => new MessagingBench(clock, say).RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), ct),
            (report, output) => report.Write(output)
        );
    }
}
