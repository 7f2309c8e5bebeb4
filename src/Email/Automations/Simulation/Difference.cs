using MarketingPlatform.Email.Automations.Definition;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary>What a change of an automation changes: in the file, and, once both were tried on the same events, in audience and mails.</summary>
/// <param name="Changed">Rules of the whole and steps of the same id that say something else.</param>
/// <param name="Stranded">Waiting steps that are gone: who waits there ends by the old version.</param>
/// <param name="CustomersEntering">This and what follows: null where nothing was tried.</param>
/// <param name="Gaining">Customers who would get more mails.</param>
/// <param name="Examples">The first of those who would get more or fewer.</param>
internal sealed record Difference(
    string Automation,
    bool IsNew,
    IReadOnlyList<string> StepsAdded,
    IReadOnlyList<string> StepsRemoved,
    IReadOnlyList<Difference.Change> Changed,
    IReadOnlyList<string> Stranded,
    Difference.Count? CustomersEntering = null,
    Difference.Count? MailsSent = null,
    IReadOnlyDictionary<string, Difference.Count>? MailsByStep = null,
    int? Gaining = null,
    int? Losing = null,
    IReadOnlyList<Guid>? Examples = null
)
{
    private const int Shown = 10;

    internal sealed record Count(int Before, int After);

    /// <param name="What">A key of the file, or the id of a step.</param>
    /// <param name="Before">In words; null where it said nothing.</param>
    internal sealed record Change(string What, string? Before, string? After);

    /// <summary>What the files say, nothing tried.</summary>
    public static Difference Of(Automation? before, Automation after)
    {
        var (old, now) = (before is null ? null : new Plan(before, 0), new Plan(after, 0));
        return new(
            after.Name,
            before is null,
            [.. now.Steps.Select(step => step.Id).Where(id => old?.Find(id) is null)],
            [.. (old?.Steps ?? []).Select(step => step.Id).Where(id => now.Find(id) is null)],
            old is null ? [] : [.. Changes(old, now)],
            after.InFlight == InFlight.Finish
                ? []
                :
                [
                    .. (old?.Steps ?? [])
                        .Where(step => step.Waits && now.Find(step.Id) is not { Waits: true } && !after.Moved.ContainsKey(step.Id))
                        .Select(step => step.Id),
                ]
        );
    }

    /// <summary>The same with what two runs over the same events say.</summary>
    public Difference With(SimulationRun was, SimulationRun becomes)
    {
        var changed = was
            .SentTo.Keys.Union(becomes.SentTo.Keys)
            .Select(who => (Who: who, By: becomes.SentTo.GetValueOrDefault(who) - was.SentTo.GetValueOrDefault(who)))
            .Where(change => change.By != 0)
            .OrderBy(change => change.Who)
            .ToArray();
        var (sentBefore, sentAfter) = (Sent(was), Sent(becomes));
        return this with
        {
            CustomersEntering = new(was.Entered.Count, becomes.Entered.Count),
            MailsSent = new(sentBefore.Values.Sum(), sentAfter.Values.Sum()),
            MailsByStep = sentBefore
                .Keys.Union(sentAfter.Keys)
                .Order(StringComparer.Ordinal)
                .ToDictionary(step => step, step => new Count(sentBefore.GetValueOrDefault(step), sentAfter.GetValueOrDefault(step))),
            Gaining = changed.Count(change => change.By > 0),
            Losing = changed.Count(change => change.By < 0),
            Examples = [.. changed.Take(Shown).Select(change => change.Who)],
        };
    }

    public IEnumerable<string> Lines()
    {
        yield return IsNew ? $"{Automation} is new." : $"{Automation} changes.";
        foreach (var change in Changed)
            yield return $"  ~ {change.What}: {change.Before ?? "nothing said"} -> {change.After ?? "nothing said"}";
        if (StepsAdded.Count > 0)
            yield return $"  + {string.Join(", ", StepsAdded)}";
        if (StepsRemoved.Count > 0)
            yield return $"  - {string.Join(", ", StepsRemoved)}";
        if (Stranded.Count > 0)
            yield return $"  Who waits at {string.Join(", ", Stranded)} ends by the old version; moved: {{{Stranded[0]}: …}} takes them along.";
        if (CustomersEntering is null)
            yield break;
        yield return $"  customers entering {CustomersEntering.Before, 9:N0} -> {CustomersEntering.After, 9:N0}";
        yield return $"  mails sent         {MailsSent!.Before, 9:N0} -> {MailsSent.After, 9:N0}";
        foreach (var (step, count) in MailsByStep!)
            yield return $"    {step, -25} {count.Before, 9:N0} -> {count.After, 9:N0}";
        yield return $"  {Gaining:N0} customers would get more, {Losing:N0} fewer mails"
            + (Examples!.Count > 0 ? $", among them {Examples[0]}." : ".");
    }

    private static IEnumerable<Change> Changes(Plan old, Plan now)
    {
        var (rulesBefore, rulesAfter) = (Rules(old.Automation), Rules(now.Automation));
        foreach (var key in rulesBefore.Keys.Union(rulesAfter.Keys))
            if (rulesBefore.GetValueOrDefault(key) is var was && rulesAfter.GetValueOrDefault(key) is var becomes && was != becomes)
                yield return new(key, was, becomes);
        foreach (var step in now.Steps)
            if (
                old.Find(step.Id) is { } before
                && AutomationWords.Of(before) is var said
                && AutomationWords.Of(step) is var says
                && said != says
            )
                yield return new(step.Id, said, says);
        var (orderBefore, orderAfter) = (Shared(old, now), Shared(now, old));
        if (!orderBefore.SequenceEqual(orderAfter))
            yield return new("steps", string.Join(", ", orderBefore), string.Join(", ", orderAfter));
    }

    // Each step that both have, with the branch in which it lies.
    private static string[] Shared(Plan plan, Plan other) =>
        [.. InOrder(plan.Automation.Steps, "").Where(place => other.Find(place.Id) is not null).Select(place => place.Said)];

    private static IEnumerable<(string Id, string Said)> InOrder(IReadOnlyList<Step> steps, string under) =>
        steps.SelectMany(step =>
            step.Blocks.SelectMany((block, way) => InOrder(block, $" (in way {way + 1} of {step.Id})")).Prepend((step.Id, step.Id + under))
        );

    private static Dictionary<string, string> Rules(Automation automation) =>
        AutomationWords
            .Rules(automation)
            .GroupBy(rule => rule.Key)
            .ToDictionary(group => group.Key, group => string.Join(" ", group.Select(rule => rule.Text)));

    private static Dictionary<string, int> Sent(SimulationRun run) =>
        run
            .Mails.Where(mail => mail.Key.Result == "sent")
            .GroupBy(mail => mail.Key.Node)
            .ToDictionary(g => g.Key, g => g.Sum(m => m.Value));
}
