using MarketingPlatform.Email.Sending;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>An automation as its author wrote it: who enters, what happens step by step, when it is over.</summary>
/// <param name="Enabled">Whether it takes customers in once it is saved.</param>
/// <param name="Key">What a journey is about; a customer has one journey at a time for each value.</param>
/// <param name="HoldOut">Share of customers, 0 to 0.5, that get nothing, so that the others can be compared; null: as the service is configured.</param>
/// <param name="Moved">Where people wait whose step has another id now: old id to new id.</param>
/// <param name="InFlight">What becomes of those under way when a new version is saved.</param>
internal sealed record Automation(
    string Name,
    string? Description,
    bool Enabled,
    Trigger Trigger,
    JourneyKey Key,
    Reentry Reentry,
    double? HoldOut,
    string Purpose,
    Goal? Goal,
    IReadOnlyList<ExitRule> Exits,
    IReadOnlyList<Step> Steps,
    IReadOnlyDictionary<string, string> Moved,
    InFlight InFlight
)
{
    public bool IsTransactional => Purpose == MailPurpose.Transactional;
}

/// <summary>What lets a customer in.</summary>
internal abstract record Trigger
{
    private Trigger() { }

    /// <param name="Matches">The event, and what must be true of it.</param>
    public sealed record OnEvent(EventMatch Matches) : Trigger;

    public sealed record SegmentEntered(string Segment) : Trigger;

    public sealed record SegmentLeft(string Segment) : Trigger;

    /// <summary>A date in a trait: each year on its day, or once.</summary>
    /// <param name="At">Local time of the customer.</param>
    /// <param name="DaysBefore">0 to 365.</param>
    public sealed record OnDate(string Trait, bool Yearly, TimeOnly At, int DaysBefore) : Trigger;

    /// <summary>A call of this platform's API.</summary>
    public sealed record Api : Trigger;

    /// <summary>Another system's call of an address that only it knows.</summary>
    public sealed record WebHook : Trigger;
}

/// <summary>What a journey is about.</summary>
internal enum JourneyKey
{
    Customer,
    Cart,
    Order,
    Product,
    Event,
}

/// <summary>When a customer may enter again with the same key.</summary>
/// <param name="After">Null: never; zero: as soon as the last journey is over.</param>
internal sealed record Reentry(TimeSpan? After)
{
    public static readonly Reentry Never = new((TimeSpan?)null);
    public static readonly Reentry Always = new(TimeSpan.Zero);
}

internal enum InFlight
{
    /// <summary>They go on by the new version, from the step at which they wait.</summary>
    Move,

    /// <summary>They end by the version they began with.</summary>
    Finish,
}

/// <summary>An event by its name, and what must be true of its data.</summary>
/// <param name="Same">Fields of its data that must equal those of the journey's trigger ("product_id").</param>
internal sealed record EventMatch(string Event, Condition? Where, IReadOnlyList<string> Same);

/// <summary>What the automation is for.</summary>
/// <param name="Within">How long after the entry it counts, for those held out too.</param>
/// <param name="Ends">Whether the journey is over once it is reached.</param>
internal sealed record Goal(EventMatch Match, TimeSpan Within, bool Ends);

/// <summary>Ends a journey early: on an event, or as soon as a condition holds.</summary>
internal sealed record ExitRule(EventMatch? On, Condition? When);

/// <param name="Id">Names the step for people under way, counts and reports.</param>
/// <param name="IsNamed">Whether the author gave the id.</param>
/// <param name="Line">In the file, from 1.</param>
internal abstract record Step(string Id, bool IsNamed, int Line)
{
    /// <summary>Lists of steps inside this one.</summary>
    public virtual IEnumerable<IReadOnlyList<Step>> Blocks => [];

    public virtual bool Waits => false;

    public abstract string Kind { get; }
}

/// <param name="Template">Name of a template.</param>
internal sealed record SendStep(string Id, bool IsNamed, int Line, string Template) : Step(Id, IsNamed, Line)
{
    public override string Kind => "send";
}

internal sealed record WaitStep(string Id, bool IsNamed, int Line, TimeSpan For) : Step(Id, IsNamed, Line)
{
    public override string Kind => "wait";
    public override bool Waits => true;
}

/// <summary>Until the customer's own clock shows a time, on one of some days.</summary>
/// <param name="Days">Empty: any.</param>
internal sealed record WaitUntilStep(string Id, bool IsNamed, int Line, TimeOnly At, IReadOnlyList<DayOfWeek> Days)
    : Step(Id, IsNamed, Line)
{
    public override string Kind => "wait-until";
    public override bool Waits => true;
}

/// <summary>Until the product is usually bought again, counted from the order; where nobody knows, the other steps follow at once.</summary>
/// <param name="Lead">How much earlier.</param>
internal sealed record WaitReorderStep(string Id, bool IsNamed, int Line, TimeSpan Lead, IReadOnlyList<Step> Unknown)
    : Step(Id, IsNamed, Line)
{
    public override string Kind => "wait-for-reorder";
    public override bool Waits => true;
    public override IEnumerable<IReadOnlyList<Step>> Blocks => [Unknown];
}

/// <summary>Until an event comes, or the time is over.</summary>
internal sealed record WaitForStep(
    string Id,
    bool IsNamed,
    int Line,
    EventMatch Match,
    TimeSpan Within,
    IReadOnlyList<Step> Then,
    IReadOnlyList<Step> Else
) : Step(Id, IsNamed, Line)
{
    public override string Kind => "wait-for";
    public override bool Waits => true;
    public override IEnumerable<IReadOnlyList<Step>> Blocks => [Then, Else];
}

internal sealed record IfStep(string Id, bool IsNamed, int Line, Condition Condition, IReadOnlyList<Step> Then, IReadOnlyList<Step> Else)
    : Step(Id, IsNamed, Line)
{
    public override string Kind => "if";
    public override IEnumerable<IReadOnlyList<Step>> Blocks => [Then, Else];
}

/// <param name="Share">0 to 1.</param>
internal sealed record Arm(string Name, double Share, IReadOnlyList<Step> Steps);

/// <summary>Journeys part by chance.</summary>
internal sealed record SplitStep(string Id, bool IsNamed, int Line, IReadOnlyList<Arm> Arms) : Step(Id, IsNamed, Line)
{
    public override string Kind => "split";
    public override IEnumerable<IReadOnlyList<Step>> Blocks => Arms.Select(arm => arm.Steps);
}

/// <summary>Customers part by an experiment: the same customer always the same way, in every automation that names it.</summary>
/// <param name="Segments">In which arms are compared on their own, too; who is in several counts in the first. Empty: those that are met.</param>
internal sealed record ExperimentStep(
    string Id,
    bool IsNamed,
    int Line,
    string Experiment,
    IReadOnlyList<Arm> Arms,
    IReadOnlyList<string> Segments
) : Step(Id, IsNamed, Line)
{
    public override string Kind => "experiment";
    public override IEnumerable<IReadOnlyList<Step>> Blocks => Arms.Select(arm => arm.Steps);
}

/// <param name="Traits">By name; a text, a number or yes or no as JSON.</param>
internal sealed record SetTraitStep(string Id, bool IsNamed, int Line, IReadOnlyDictionary<string, string> Traits) : Step(Id, IsNamed, Line)
{
    public override string Kind => "set-trait";
}

internal sealed record CallStep(string Id, bool IsNamed, int Line, Uri Url) : Step(Id, IsNamed, Line)
{
    public override string Kind => "call";
}

internal sealed record AudienceStep(string Id, bool IsNamed, int Line, string Audience, bool Adds) : Step(Id, IsNamed, Line)
{
    public override string Kind => Adds ? "add-to-audience" : "remove-from-audience";
}

internal sealed record HandoffStep(string Id, bool IsNamed, int Line, string Reason) : Step(Id, IsNamed, Line)
{
    public override string Kind => "chat-handoff";
}

internal sealed record GoToStep(string Id, bool IsNamed, int Line, string Target) : Step(Id, IsNamed, Line)
{
    public override string Kind => "go-to";
}

internal sealed record ExitStep(string Id, bool IsNamed, int Line, string Reason) : Step(Id, IsNamed, Line)
{
    public override string Kind => "exit";
}
