using MarketingPlatform.Email.Automations.Definition;

namespace MarketingPlatform.Email.Automations.Execution;

/// <summary>Versions of automations: the newest of each lets people in, older ones are walked to their end.</summary>
/// <param name="Open">Automations that take people in.</param>
internal sealed record Plans(IReadOnlyList<Plan> Open, Func<string, int, Plan?> Find)
{
    public static readonly Plans None = new([], (_, _) => null);

    /// <value>All versions that somebody may be under way in.</value>
    public IReadOnlyCollection<Plan> All { get; init; } = [];

    /// <value>Whether any of them waits until something is bought again.</value>
    public bool AsksRhythm { get; init; }

    /// <value>Names of events that any of them could care about.</value>
    public IReadOnlySet<string> Names { get; init; } = new HashSet<string>();

    /// <value>Names of events that conditions count.</value>
    public IReadOnlySet<string> Remembers { get; init; } = new HashSet<string>();

    public static Plans Of(IReadOnlyList<Plan> open, IEnumerable<Plan> all)
    {
        var byVersion = all.Concat(open).DistinctBy(plan => (plan.Name, plan.Version)).ToDictionary(plan => (plan.Name, plan.Version));
        return new(
            [.. open.OrderBy(plan => plan.Name, StringComparer.Ordinal)],
            (name, version) => byVersion.GetValueOrDefault((name, version))
        )
        {
            All = byVersion.Values,
            AsksRhythm = byVersion.Values.Any(plan => plan.Steps.Any(step => step is WaitReorderStep)),
            Names = byVersion.Values.SelectMany(plan => plan.ListensTo.Append(plan.TriggerEvent)).ToHashSet(),
            Remembers = byVersion.Values.SelectMany(plan => plan.Remembers).ToHashSet(),
        };
    }
}

/// <summary>Somebody was not let in.</summary>
internal sealed record Refusal(string Automation, string Key, string Gate, string Observed);

/// <summary>What one event means for one person.</summary>
internal sealed record RoundResult(IReadOnlyList<Transition> Moved, IReadOnlyList<Transition> Entered, IReadOnlyList<Refusal> Refused);

/// <summary>
/// One event of one person: first the journeys under way hear it, then the automations that it may begin. The service and the simulation
/// both go through here, so what is simulated is what will happen.
/// </summary>
internal static class PersonRound
{
    /// <param name="person">The person's own id; journeys begun here bear it.</param>
    /// <param name="underWay">Journeys of all ids of the person, those that entered first first.</param>
    /// <param name="earlier">Journeys of an automation with a key, under way or over.</param>
    /// <param name="entries">Journeys that each automation has let in; counted on here.</param>
    /// <param name="isNews">False: too old to begin anything.</param>
    public static RoundResult Handle(
        Plans plans,
        AutomationEvent happened,
        Guid person,
        IReadOnlyCollection<Journey> underWay,
        Func<string, string, EarlierJourneys> earlier,
        HoldOutRules holdOuts,
        Dictionary<string, long> entries,
        Func<Guid> newId,
        bool isNews,
        DateTimeOffset now,
        Facts facts
    )
    {
        List<Transition> moved = [];
        foreach (var journey in underWay)
        {
            if (plans.Find(journey.Automation, journey.Version) is not { } plan || !plan.ListensTo.Contains(happened.Name))
                continue;
            if (Executor.Step(plan, journey, happened, now, facts) is { IsChange: true } transition)
                moved.Add(transition);
        }
        List<Transition> entered = [];
        List<Refusal> refused = [];
        foreach (var plan in plans.Open)
        {
            if (plan.TriggerEvent != happened.Name || !isNews)
                continue;
            foreach (var (key, data) in Entry.Keys(plan.Automation.Key, happened))
            {
                var before = earlier(plan.Name, key);
                // One that this very event has just ended is over.
                if (moved.Any(t => t.Journey.Automation == plan.Name && t.Journey.Key == key && t.Journey.Outcome is not null))
                    before = before with { IsUnderWay = false };
                switch (Entry.Decide(plan, happened, key, data, before, facts, now))
                {
                    case EntryDecision.Refuse { Gate: "trigger" } when plan.Automation.Trigger is not Trigger.OnEvent:
                        break;
                    case EntryDecision.Refuse refuse:
                        refused.Add(new(plan.Name, key, refuse.Gate, refuse.Observed));
                        break;
                    case EntryDecision.Enter enter:
                        var journey = new Journey(
                            newId(),
                            plan.Name,
                            plan.Version,
                            person,
                            enter.Key,
                            enter.Generation,
                            now,
                            happened.At,
                            enter.Data,
                            happened.TraceParent
                        );
                        if (holdOuts.Holds(plan.Automation, person, entries.GetValueOrDefault(plan.Name)) is { } reason)
                        {
                            entered.Add(Executor.HoldOut(journey, reason, now));
                            break;
                        }
                        entries[plan.Name] = entries.GetValueOrDefault(plan.Name) + 1;
                        entered.Add(Executor.Start(plan, journey, now, facts));
                        break;
                }
            }
        }
        return new(moved, entered, refused);
    }
}
