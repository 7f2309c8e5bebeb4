using MarketingPlatform.Email.Automations.Execution;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>A version of an automation, ready to be executed: each step by its id, and what follows it.</summary>
internal sealed class Plan
{
    private readonly Dictionary<string, Step> byId = [];
    private readonly Dictionary<string, string?> after = [];

    public Plan(Automation automation, int version)
    {
        (Automation, Version) = (automation, version);
        Link(automation.Steps, null);
        First = automation.Steps.Count > 0 ? automation.Steps[0].Id : null;
        TriggerEvent = automation.Trigger switch
        {
            Trigger.OnEvent on => on.Matches.Event,
            Trigger.SegmentEntered => EventNames.SegmentEntered,
            Trigger.SegmentLeft => EventNames.SegmentLeft,
            Trigger.OnDate date => EventNames.Date + date.Trait,
            _ => EventNames.Api + automation.Name,
        };
        var conditions = byId.Values.OfType<IfStep>().Select(step => step.Condition).ToList();
        var matches = byId.Values.OfType<WaitForStep>().Select(step => step.Match).ToList();
        matches.AddRange(automation.Exits.Select(exit => exit.On).OfType<EventMatch>());
        if (automation.Goal is { } goal)
            matches.Add(goal.Match);
        // Exits hold at any moment: what they look at wakes the journey.
        var exits = automation.Exits.Select(exit => exit.When).OfType<Condition>().ToList();
        ListensTo = matches.Select(match => match.Event).Concat(exits.SelectMany(exit => exit.Events)).ToHashSet();
        conditions.AddRange(exits);
        conditions.AddRange(matches.Select(match => match.Where).OfType<Condition>());
        if (automation.Trigger is Trigger.OnEvent { Matches.Where: { } where })
            conditions.Add(where);
        var counted = conditions.SelectMany(Counted).ToArray();
        Remembers = counted.Select(did => did.Event).ToHashSet();
        LooksBack = counted
            .GroupBy(did => did.Event)
            .ToDictionary(group => group.Key, group => group.Any(did => did.Within is null) ? null : group.Max(did => did.Within));
    }

    public Automation Automation { get; }

    public int Version { get; }

    public string Name => Automation.Name;

    public string? First { get; }

    /// <value>The event that may let somebody in.</value>
    public string TriggerEvent { get; }

    /// <value>Events that may change a journey under way.</value>
    public IReadOnlySet<string> ListensTo { get; }

    /// <value>Events that conditions count, so that they must be kept.</value>
    public IReadOnlySet<string> Remembers { get; }

    /// <value>How far back conditions look at each of them; null: as far as is known.</value>
    public IReadOnlyDictionary<string, TimeSpan?> LooksBack { get; }

    public IReadOnlyCollection<Step> Steps => byId.Values;

    public Step? Find(string id) => byId.GetValueOrDefault(id);

    /// <returns>The step after this one, over the ends of blocks; null at the end.</returns>
    public string? After(string id) => after[id];

    /// <returns>The first step of a block, or what follows the step that has it.</returns>
    public string? Into(IReadOnlyList<Step> block, string owner) => block.Count > 0 ? block[0].Id : after[owner];

    private void Link(IReadOnlyList<Step> block, string? next)
    {
        for (var i = 0; i < block.Count; i++)
        {
            var step = block[i];
            var following = i + 1 < block.Count ? block[i + 1].Id : next;
            byId[step.Id] = step;
            after[step.Id] = following;
            foreach (var inner in step.Blocks)
                Link(inner, following);
        }
    }

    private static IEnumerable<Condition.Did> Counted(Condition condition) =>
        condition switch
        {
            Condition.All all => all.Parts.SelectMany(Counted),
            Condition.Any any => any.Parts.SelectMany(Counted),
            Condition.Not not => Counted(not.Part),
            Condition.Did did => [did],
            _ => [],
        };
}
