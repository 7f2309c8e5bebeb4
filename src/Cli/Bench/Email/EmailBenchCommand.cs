using System.CommandLine;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Email;

/// <summary><c>marketing bench email</c>: personal mails a second from a request to a mail server, beside Postfix's own client.</summary>
internal static class EmailBenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var json = VerbOptions.Json();
        var mails = VerbOptions.Ranged("--mails", "Mails of the send that is measured.", standard: 50_000, least: 1_000, most: 1_000_000);
        var sessions = VerbOptions.Ranged("--sessions", "Connections to the mail server, on both sides.", standard: 48, least: 1, most: 64);
        var command = new Command("email", "Personal mails a second: rendered, ledgered, delivered; beside Postfix's smtp-source.")
        {
            json,
            mails,
            sessions,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                var bench = new EmailBench(clock, parsed.InvocationConfiguration.Error.WriteLine);
                try
                {
                    var report = await bench.RunAsync(parsed.GetRequiredValue(mails), parsed.GetRequiredValue(sessions), ct);
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
