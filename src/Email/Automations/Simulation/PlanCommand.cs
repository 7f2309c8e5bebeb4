using System.CommandLine;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary><c>marketing plan</c>: what a change of an automation would change, in steps, audience and mails.</summary>
internal static class PlanCommand
{
    private const int Shown = 10;

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
                var difference = Difference.Of(before, after, was, becomes);
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

    internal sealed record Count(int Before, int After);

    /// <param name="Stranded">Waiting steps that are gone: who waits there ends by the old version.</param>
    /// <param name="Gaining">Customers who would get more mails, the first of them named.</param>
    internal sealed record Difference(
        string Automation,
        bool IsNew,
        IReadOnlyList<string> StepsAdded,
        IReadOnlyList<string> StepsRemoved,
        IReadOnlyList<string> Stranded,
        Count CustomersEntering,
        Count MailsSent,
        IReadOnlyDictionary<string, Count> MailsByStep,
        int Gaining,
        int Losing,
        IReadOnlyList<Guid> Examples
    )
    {
        public static Difference Of(Automation? before, Automation after, SimulationRun was, SimulationRun becomes)
        {
            var (old, now) = (before is null ? null : new Plan(before, 0), new Plan(after, 0));
            var changed = was
                .SentTo.Keys.Union(becomes.SentTo.Keys)
                .Select(who => (Who: who, By: becomes.SentTo.GetValueOrDefault(who) - was.SentTo.GetValueOrDefault(who)))
                .Where(change => change.By != 0)
                .OrderBy(change => change.Who)
                .ToArray();
            var (sentBefore, sentAfter) = (Sent(was), Sent(becomes));
            return new(
                after.Name,
                before is null,
                [.. now.Steps.Select(step => step.Id).Where(id => old?.Find(id) is null)],
                [.. (old?.Steps ?? []).Select(step => step.Id).Where(id => now.Find(id) is null)],
                [
                    .. (old?.Steps ?? [])
                        .Where(step => step.Waits && now.Find(step.Id) is not { Waits: true } && !after.Moved.ContainsKey(step.Id))
                        .Select(step => step.Id),
                ],
                new(was.Entered.Count, becomes.Entered.Count),
                new(sentBefore.Values.Sum(), sentAfter.Values.Sum()),
                sentBefore
                    .Keys.Union(sentAfter.Keys)
                    .Order(StringComparer.Ordinal)
                    .ToDictionary(step => step, step => new Count(sentBefore.GetValueOrDefault(step), sentAfter.GetValueOrDefault(step))),
                changed.Count(change => change.By > 0),
                changed.Count(change => change.By < 0),
                [.. changed.Take(Shown).Select(change => change.Who)]
            );
        }

        public IEnumerable<string> Lines()
        {
            yield return IsNew ? $"{Automation} is new." : $"{Automation} changes.";
            if (StepsAdded.Count > 0)
                yield return $"  + {string.Join(", ", StepsAdded)}";
            if (StepsRemoved.Count > 0)
                yield return $"  - {string.Join(", ", StepsRemoved)}";
            if (Stranded.Count > 0)
                yield return $"  Who waits at {string.Join(", ", Stranded)} ends by the old version; moved: {{{Stranded[0]}: …}} takes them along.";
            yield return $"  customers entering {CustomersEntering.Before, 9:N0} -> {CustomersEntering.After, 9:N0}";
            yield return $"  mails sent         {MailsSent.Before, 9:N0} -> {MailsSent.After, 9:N0}";
            foreach (var (step, count) in MailsByStep)
                yield return $"    {step, -25} {count.Before, 9:N0} -> {count.After, 9:N0}";
            yield return $"  {Gaining:N0} customers would get more, {Losing:N0} fewer mails"
                + (Examples.Count > 0 ? $", among them {Examples[0]}." : ".");
        }

        private static Dictionary<string, int> Sent(SimulationRun run) =>
            run
                .Mails.Where(mail => mail.Key.Result == "sent")
                .GroupBy(mail => mail.Key.Node)
                .ToDictionary(g => g.Key, g => g.Sum(m => m.Value));
    }
}
