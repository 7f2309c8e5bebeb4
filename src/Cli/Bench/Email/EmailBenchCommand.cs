using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Email;

/// <summary><c>marketing bench email</c>: personal mails a second from a request to a mail server, beside Postfix's own client.</summary>
internal static class EmailBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var mails = VerbOptions.Ranged("--mails", "Mails of the send that is measured.", standard: 50_000, least: 1_000, most: 1_000_000);
        var sessions = VerbOptions.Ranged("--sessions", "Connections to the mail server, on both sides.", standard: 48, least: 1, most: 64);
        return BenchVerb.Create(
            "email",
            "Personal mails a second: rendered, ledgered, delivered; beside Postfix's smtp-source.",
            [mails, sessions],
            (parsed, say, ct) => new EmailBench(clock, say).RunAsync(parsed.GetValue(mails), parsed.GetValue(sessions), ct),
            (report, output) => report.Write(output)
        );
    }
}
