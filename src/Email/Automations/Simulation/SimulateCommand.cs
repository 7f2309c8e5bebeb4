using System.CommandLine;
using System.Text.Json;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary><c>marketing simulate</c>: who would get what and when, by the executor that really runs, on a virtual clock.</summary>
internal static class SimulateCommand
{
    public static Command Create(TimeProvider clock)
    {
        var files = new Option<FileInfo[]>("--automation")
        {
            Description = "YAML of an automation; may be given several times. Default: all ready-made ones.",
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<FileInfo?>("--output") { Description = "NDJSON of every step, mail and refusal." };
        var json = VerbOptions.Json();
        var common = new SimulationOptions();
        var command = new Command("simulate", "Run automations on a virtual clock and print who would get what and when; nothing is sent.")
        {
            files,
            output,
            json,
        };
        common.AddTo(command);
        command.SetAction(
            async (parsed, ct) =>
            {
                Automation[] automations = parsed.GetValue(files) is { Length: > 0 } given
                    ? [.. given.Select(SimulationOptions.ReadAutomation)]
                    : [.. ReadyMade.All.Keys.Select(ReadyMade.Parse)];
                if (automations.GroupBy(a => a.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
                    throw new CommandException($"Two files are called '{twice.Key}'; each automation runs once.");
                var (events, from, to) = common.Read(parsed, clock);
                await using var writer = Open(parsed.GetValue(output));
                var run = SimulationRun.Of(
                    automations,
                    events,
                    from,
                    to,
                    writer is null ? null : line => writer.WriteLine(JsonSerializer.Serialize(line, Json.Options))
                );
                var console = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await console.WriteJsonAsync(Report(run, automations, events.Count, from, to));
                else
                    await PrintAsync(console, run, events.Count, from, to);
                return 0;
            }
        );
        return command;
    }

    internal static object Report(
        SimulationRun run,
        IReadOnlyList<Automation> automations,
        int events,
        DateTimeOffset from,
        DateTimeOffset to
    ) =>
        new
        {
            automations = automations.Select(automation => automation.Name),
            from,
            to,
            events,
            customers = run.Simulator.People,
            journeys = run.Simulator.Entered,
            steps = run.Simulator.Steps,
            customersEntered = run.Entered.Count,
            customersHeldOut = run.HeldOut.Count,
            mailsSent = run.Simulator.Mails,
            ends = run.Ends.OrderBy(end => end.Key, StringComparer.Ordinal).ToDictionary(),
            mails = Rows(run),
            seconds = Math.Round(run.Seconds, 2),
        };

    internal static IEnumerable<MailRow> Rows(SimulationRun run) =>
        run
            .Mails.Select(mail => new MailRow(mail.Key.Automation, mail.Key.Node, mail.Key.Template, mail.Key.Result, mail.Value))
            .OrderBy(row => row.Automation, StringComparer.Ordinal)
            .ThenBy(row => row.Step, StringComparer.Ordinal)
            .ThenBy(row => row.Result, StringComparer.Ordinal);

    internal sealed record MailRow(string Automation, string Step, string Template, string Result, int Count);

    private static async Task PrintAsync(TextWriter console, SimulationRun run, int events, DateTimeOffset from, DateTimeOffset to)
    {
        await console.WriteLineAsync(
            $"{events:N0} events of {run.Simulator.People:N0} customers from {from:u} to {to:u}: {run.Simulator.Entered:N0} journeys, "
                + $"{run.Simulator.Steps:N0} steps, {run.Simulator.Mails:N0} mails; {run.HeldOut.Count:N0} customers were held out. "
                + $"{run.Seconds:0.0} s."
        );
        foreach (var row in Rows(run))
            await console.WriteLineAsync(
                $"  {row.Automation, -20} {row.Step, -20} {row.Template, -18} {row.Result, -11} {row.Count, 9:N0}"
            );
        foreach (var (end, count) in run.Ends.OrderByDescending(end => end.Value))
            await console.WriteLineAsync($"  ended: {end, -53} {count, 18:N0}");
    }

    private static StreamWriter? Open(FileInfo? file)
    {
        try
        {
            return file is null ? null : new StreamWriter(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file!.FullName} cannot be written: {e.Message}", e);
        }
    }
}
