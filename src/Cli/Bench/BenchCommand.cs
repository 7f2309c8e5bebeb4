using System.CommandLine;

namespace MarketingPlatform.Cli.Bench;

/// <summary><c>marketing bench …</c>: what this machine does a second, each figure beside its raw limit measured in the same run.</summary>
internal static class BenchCommand
{
    public static Command Create(TimeProvider clock) =>
        new("bench", "Measure the platform on this machine, beside what the machine does without it.")
        {
            Messaging.MessagingBenchCommand.Create(clock),
        };
}
