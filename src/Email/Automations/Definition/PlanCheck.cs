namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>What can be read but makes no sense: steps that lead nowhere, circles without a pause.</summary>
internal static class PlanCheck
{
    private const int MaxSteps = 300;

    public static IEnumerable<YamlProblem> Problems(Automation automation)
    {
        var plan = new Plan(automation, 0);
        if (automation.Steps.Count == 0)
            yield return new(1, "steps", "Give at least one step.");
        if (plan.Steps.Count > MaxSteps)
        {
            yield return new(1, "steps", $"Give at most {MaxSteps} steps; these are {plan.Steps.Count}.");
            yield break;
        }
        foreach (var wait in plan.Steps)
            if (
                wait is WaitStep { For: var pause } && pause < TimeSpan.FromSeconds(1)
                || wait is WaitForStep { Within: var within } && within < TimeSpan.FromSeconds(1)
            )
                yield return new(wait.Line, $"{wait.Id}.{wait.Kind}", "Wait at least 1s.");
        foreach (var jump in plan.Steps.OfType<GoToStep>().Where(jump => plan.Find(jump.Target) is null))
            yield return new(jump.Line, $"{jump.Id}.go-to", $"There is no step '{jump.Target}'.");
        foreach (var step in plan.Steps.Where(step => !step.Waits && Circles(plan, step)))
            if (step is GoToStep)
                yield return new(step.Line, $"{step.Id}.go-to", "This goes in a circle without a wait; put a wait into it.");
        foreach (var (old, now) in automation.Moved.Where(moved => plan.Find(moved.Value) is not { Waits: true }))
            yield return new(1, $"moved.{old}", $"'{now}' is no step that waits.");
        if (
            automation.Key is JourneyKey.Cart or JourneyKey.Order or JourneyKey.Product
            && automation.Trigger is Trigger.SegmentEntered or Trigger.SegmentLeft or Trigger.OnDate
        )
            yield return new(1, "key", "A segment or a date is about the customer; leave key out.");
    }

    // Follows only ways on which no time passes.
    private static bool Circles(Plan plan, Step start)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>(Following(plan, start));
        while (open.TryPop(out var id))
        {
            if (id == start.Id)
                return true;
            // Where nobody knows when something is bought again, that step does not wait.
            if (seen.Add(id) && plan.Find(id) is { } step && (!step.Waits || step is WaitReorderStep))
                foreach (var next in Following(plan, step))
                    open.Push(next);
        }
        return false;
    }

    /// <returns>Ids of steps that can come next.</returns>
    public static IEnumerable<string> Following(Plan plan, Step step)
    {
        IEnumerable<string?> next = step switch
        {
            GoToStep jump => [jump.Target],
            ExitStep => [],
            WaitReorderStep reorder => [plan.After(step.Id), plan.Into(reorder.Unknown, step.Id)],
            _ when step.Blocks.Any() => step.Blocks.Select(block => plan.Into(block, step.Id)),
            _ => [plan.After(step.Id)],
        };
        return next.OfType<string>().Distinct();
    }
}
