using System.CommandLine;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary><c>marketing plan</c>: what a change of an automation would change, in steps, audience and mails.</summary>
internal static class PlanCommand
{
    public static Command Create(TimeProvider clock)
    {
        var file = new Option<FileInfo>("--automation") { Description = "YAML as it is to be.", Required = true };
        var against = new Option<FileInfo?>("--against")
        {
            Description = "YAML as it is. Default: the ready-made automation of the same name, else nothing.",
        };
        var json = VerbOptions.Json();
        var common = new SimulationOptions();
        var command = new Command("plan", "Show what a change of an automation would change: steps, audience and mails; nothing is sent.")
        {
            file,
            against,
            json,
        };
        common.AddTo(command);
        command.SetAction(
            async (parsed, ct) =>
            {
                var after = SimulationOptions.ReadAutomation(parsed.GetRequiredValue(file));
                var before =
                    parsed.GetValue(against) is { } old ? SimulationOptions.ReadAutomation(old)
                    : ReadyMade.All.ContainsKey(after.Name) ? ReadyMade.Parse(after.Name)
                    : null;
                var (events, from, to) = common.Read(parsed, clock);
                var was = SimulationRun.Of(before is null ? [] : [before], events, from, to);
                var becomes = SimulationRun.Of([after], events, from, to);
                var difference = Difference.Of(before, after).With(was, becomes);
                var console = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await console.WriteJsonAsync(difference);
                else
                    foreach (var line in difference.Lines())
                        await console.WriteLineAsync(line);
                return 0;
            }
        );
        return command;
    }
}
