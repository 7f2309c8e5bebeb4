using System.Text.Json;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Experimentation.Assignment;

namespace MarketingPlatform.Email.Automations.Execution;

/// <summary>
/// What happens to a journey: a function of its state, of what came (an event, or time), of the moment and of what is known. No I/O, no
/// clock, no chance: the service, a simulation and a test get the same answer.
/// </summary>
internal static class Executor
{
    /// <summary>Runs a journey that just began until it waits or ends.</summary>
    public static Transition Start(Plan plan, Journey journey, DateTimeOffset now, Facts facts)
    {
        var run = new Run(plan, journey, now, facts);
        run.Note("entry", "entry", "entered", null);
        run.From(plan.First);
        return run.Done();
    }

    /// <summary>Somebody who is left out on purpose, to compare the others with: the journey is over before its first step.</summary>
    public static Transition HoldOut(Journey journey, string reason, DateTimeOffset now) =>
        new(journey with { Outcome = Outcomes.HeldOut, NodeAt = now }, [], [new("entry", "hold-out", Outcomes.HeldOut, reason)]);

    /// <summary>One thing that happened, or (without an event) the clock.</summary>
    /// <returns>A transition that changes nothing where it does not concern the journey.</returns>
    public static Transition Step(Plan plan, Journey journey, AutomationEvent? happened, DateTimeOffset now, Facts facts)
    {
        if (journey.Outcome is not null)
            return Transition.None(journey);
        var run = new Run(plan, journey, now, facts);
        if (happened is not null && run.Reaches(happened))
            return run.Done();
        if (run.Leaves(happened))
            return run.Done();
        if (journey.Node is null || plan.Find(journey.Node) is not { } step)
        {
            run.End(Outcomes.Removed, "entry", null);
            return run.Done();
        }
        if (happened is not null)
            run.Hear(step, happened);
        else if (journey.WakeAt is { } due && due <= now)
            run.Wake(step);
        return run.Done();
    }

    /// <summary>Whether an event is the one meant, and the same cart, product … where that is asked.</summary>
    public static bool Matches(EventMatch match, AutomationEvent happened, Journey? journey, Facts facts) =>
        happened.Name == match.Event
        && (match.Where is null || match.Where.Holds(facts, happened.Data, happened.At))
        && (
            journey is null
            || match.Same.All(path =>
                JsonPath.Find(journey.Data, path) is { ValueKind: not JsonValueKind.Undefined } there
                && (
                    path == EventData.Product
                        ? EventData.Products(happened.Data).Contains(there.ToString())
                        : JsonPath.Find(happened.Data, path) is { ValueKind: not JsonValueKind.Undefined } here
                            && here.GetRawText() == there.GetRawText()
                )
            )
        );

    private sealed class Run(Plan plan, Journey journey, DateTimeOffset now, Facts facts)
    {
        private readonly List<Effect> effects = [];
        private readonly List<TraceLine> trace = [];
        private Journey journey = journey;

        public Transition Done() => new(journey, effects, trace);

        public void Note(string node, string kind, string result, string? detail) => trace.Add(new(node, kind, result, detail));

        /// <summary>The goal. What happened before the journey began was not reached by it.</summary>
        public bool Reaches(AutomationEvent happened)
        {
            if (plan.Automation.Goal is not { Ends: true } goal || happened.At < journey.TriggeredAt)
                return false;
            if (!Matches(goal.Match, happened, journey, facts))
                return false;
            End(Outcomes.Goal, journey.Node ?? "entry", happened.Name);
            return true;
        }

        public bool Leaves(AutomationEvent? happened)
        {
            foreach (var exit in plan.Automation.Exits)
            {
                if (exit.On is { } on && (happened is null || happened.At < journey.TriggeredAt || !Matches(on, happened, journey, facts)))
                    continue;
                if (exit.When is { } when && !when.Holds(facts, journey.Data, now))
                    continue;
                End(Outcomes.Exit, journey.Node ?? "entry", exit.On?.Event ?? exit.When!.Observed(facts, journey.Data, now));
                return true;
            }
            return false;
        }

        public void End(string outcome, string node, string? detail)
        {
            Note(node, outcome is Outcomes.Goal ? "goal" : "exit", outcome, detail);
            journey = journey with { Outcome = outcome, Node = null, NodeAt = now, WakeAt = null };
        }

        public void Hear(Step step, AutomationEvent happened)
        {
            if (step is not WaitForStep wait || happened.At < journey.NodeAt || !Matches(wait.Match, happened, journey, facts))
                return;
            Note(step.Id, step.Kind, "came", happened.Name);
            From(plan.Into(wait.Then, step.Id));
        }

        public void Wake(Step step)
        {
            Note(step.Id, step.Kind, "over", null);
            From(step is WaitForStep wait ? plan.Into(wait.Else, step.Id) : plan.After(step.Id));
        }

        public void From(string? node)
        {
            while (node is not null)
            {
                if (Leaves(null))
                    return;
                var step = plan.Find(node)!;
                if (step.Waits)
                {
                    if (WaitAt(step) is not { } until)
                    {
                        node = plan.Into(((WaitReorderStep)step).Unknown, step.Id);
                        continue;
                    }
                    Note(step.Id, step.Kind, "waits", until.ToString("u", System.Globalization.CultureInfo.InvariantCulture));
                    journey = journey with { Node = step.Id, NodeAt = now, WakeAt = until };
                    return;
                }
                if (step is ExitStep exit)
                {
                    End(exit.Reason, step.Id, exit.Reason);
                    return;
                }
                node = Do(step);
            }
            Note("end", "end", Outcomes.Finished, null);
            journey = journey with { Outcome = Outcomes.Finished, Node = null, NodeAt = now, WakeAt = null };
        }

        /// <returns>Null where it is unknown: a step for that then stands inside.</returns>
        private DateTimeOffset? WaitAt(Step step)
        {
            switch (step)
            {
                case WaitStep wait:
                    return now + wait.For;
                case WaitForStep wait:
                    return now + wait.Within;
                case WaitUntilStep wait:
                    return NextLocal(wait.At, wait.Days, facts.Zone, now);
                case WaitReorderStep reorder:
                    if (ReorderGap() is { } gap)
                        return Later(now, journey.TriggeredAt + gap - reorder.Lead);
                    Note(step.Id, step.Kind, "unknown", "nobody knows yet when this is bought again");
                    return null;
                default:
                    throw new InvalidOperationException($"A step of kind {step.Kind} does not wait.");
            }
        }

        private TimeSpan? ReorderGap() =>
            JsonPath.Find(journey.Data, EventData.Product) is { ValueKind: JsonValueKind.String } product
            && facts.ReorderGaps.TryGetValue(product.GetString()!, out var gap)
                ? gap
                : null;

        private string? Do(Step step)
        {
            switch (step)
            {
                case SendStep send:
                    var visits = journey.Visits.GetValueOrDefault(step.Id) + 1;
                    journey = journey with { Visits = journey.Visits.SetItem(step.Id, visits) };
                    effects.Add(new Effect.SendMail(step.Id, send.Template, Occurrence(step.Id, visits)));
                    Note(step.Id, step.Kind, "mail", send.Template);
                    break;
                case IfStep choice:
                    var holds = choice.Condition.Holds(facts, journey.Data, now);
                    Note(step.Id, step.Kind, holds ? "yes" : "no", choice.Condition.Observed(facts, journey.Data, now));
                    return plan.Into(holds ? choice.Then : choice.Else, step.Id);
                case SplitStep split:
                    return Part(step, split.Arms, $"{plan.Name}/{step.Id}", journey.Unit);
                case ExperimentStep experiment:
                    return Part(step, experiment.Arms, experiment.Experiment, journey.CustomerId.ToString("D"), experiment.Experiment);
                case SetTraitStep traits:
                    foreach (var (name, value) in traits.Traits)
                        effects.Add(new Effect.SetTrait(step.Id, name, value));
                    Note(step.Id, step.Kind, "asked", string.Join(", ", traits.Traits.Keys));
                    break;
                case CallStep call:
                    effects.Add(new Effect.CallWebHook(step.Id, call.Url));
                    Note(step.Id, step.Kind, "asked", call.Url.Host);
                    break;
                case AudienceStep audience:
                    effects.Add(new Effect.ChangeAudience(step.Id, audience.Audience, audience.Adds));
                    Note(step.Id, step.Kind, "asked", audience.Audience);
                    break;
                case HandoffStep handoff:
                    effects.Add(new Effect.AskForHandoff(step.Id, handoff.Reason));
                    Note(step.Id, step.Kind, "asked", handoff.Reason);
                    break;
                case GoToStep jump:
                    Note(step.Id, step.Kind, "goes", jump.Target);
                    return jump.Target;
            }
            return plan.After(step.Id);
        }

        private string? Part(Step step, IReadOnlyList<Arm> arms, string seed, string unit, string? experiment = null)
        {
            var ranges = Buckets.Ranges(arms.Count, 1, [.. arms.Select(arm => arm.Share)]);
            // Shares may sum to a little less than 1: what is left belongs to the last arm.
            var chosen = new VariationSplit(seed, ranges).Assign(unit);
            var arm = arms[chosen < 0 ? arms.Count - 1 : chosen];
            journey = journey with { Arms = journey.Arms.SetItem(experiment ?? step.Id, arm.Name) };
            if (experiment is not null)
                effects.Add(new Effect.Expose(step.Id, experiment, arm.Name, [.. facts.Segments.Order(StringComparer.Ordinal)]));
            Note(step.Id, step.Kind, arm.Name, experiment);
            return plan.Into(arm.Steps, step.Id);
        }

        // The same words for the same occasion whichever of a person's ids it comes by: so one mail goes to one person.
        private string Occurrence(string node, int visits)
        {
            var occurrence = journey.Key.Length == 0 ? node : $"{journey.Key}/{node}";
            if (journey.Generation > 1)
                occurrence += $"/{journey.Generation}";
            return visits > 1 ? $"{occurrence}#{visits}" : occurrence;
        }
    }

    /// <summary>The next moment at which a clock in the zone shows the time, on one of the days.</summary>
    internal static DateTimeOffset NextLocal(TimeOnly at, IReadOnlyList<DayOfWeek> days, TimeZoneInfo zone, DateTimeOffset now)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        for (var ahead = 0; ; ahead++)
        {
            var day = today.AddDays(ahead);
            if (days.Count > 0 && !days.Contains(day.DayOfWeek))
                continue;
            var moment = LocalTimes.ToInstant(day + at.ToTimeSpan(), zone);
            if (moment > now)
                return moment;
        }
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
