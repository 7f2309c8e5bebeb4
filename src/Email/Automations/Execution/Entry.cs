using System.Text.Json;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Experimentation.Assignment;

namespace MarketingPlatform.Email.Automations.Execution;

/// <summary>Journeys that a customer had with one key: what the rules of re-entry ask.</summary>
/// <param name="Generation">Of the last one; 0: none.</param>
/// <param name="IsUnderWay">Whether the last one is.</param>
internal sealed record EarlierJourneys(int Generation, bool IsUnderWay, DateTimeOffset? LastEnteredAt)
{
    public static readonly EarlierJourneys None = new(0, false, null);
}

/// <summary>Who is left out to compare the others with.</summary>
/// <param name="Automations">Share of each automation's customers, where the automation says nothing else.</param>
/// <param name="Programme">Share of all customers, left out of every automation.</param>
/// <param name="Seed">Another seed leaves out others.</param>
/// <param name="After">Journeys that an automation lets in before it leaves anybody out: of a handful nothing can be learnt.</param>
internal sealed record HoldOutRules(double Automations, double Programme, string Seed, long After)
{
    public static readonly HoldOutRules None = new(0, 0, "", 0);

    /// <param name="entered">Journeys that the automation has let in so far.</param>
    /// <returns>Why the customer is left out, or null.</returns>
    public string? Holds(Automation automation, Guid customer, long entered)
    {
        if (automation.IsTransactional || entered < After)
            return null;
        var unit = customer.ToString("D");
        if (new HoldOut($"programme/{Seed}", Programme).Holds(unit))
            return "held out of the whole programme";
        var share = automation.HoldOut ?? Automations;
        return new HoldOut($"automation/{automation.Name}/{Seed}", share).Holds(unit) ? "held out of this automation" : null;
    }
}

/// <summary>Whether somebody enters.</summary>
internal abstract record EntryDecision
{
    private EntryDecision() { }

    public sealed record Enter(string Key, int Generation, JsonElement Data) : EntryDecision;

    /// <param name="Gate">trigger, condition or re-entry.</param>
    public sealed record Refuse(string Gate, string Observed) : EntryDecision;
}

internal static class Entry
{
    /// <summary>What each of the event's journeys would be about: an order of three products begins three by product.</summary>
    public static IEnumerable<(string Key, JsonElement Data)> Keys(JourneyKey kind, AutomationEvent happened)
    {
        switch (kind)
        {
            case JourneyKey.Customer:
                // A date comes each year: the year is what tells its journeys apart.
                yield return (EventData.Text(happened.Data, EventData.Occasion) ?? "", happened.Data);
                break;
            case JourneyKey.Cart when EventData.Text(happened.Data, EventData.Cart) is { } cart:
                yield return (cart, happened.Data);
                break;
            case JourneyKey.Order when EventData.Text(happened.Data, EventData.Order) is { } order:
                yield return (order, happened.Data);
                break;
            case JourneyKey.Product:
                foreach (var product in EventData.Products(happened.Data))
                    yield return (product, EventData.WithProduct(happened.Data, product));
                break;
            case JourneyKey.Event:
                yield return (happened.Id.ToString("N"), happened.Data);
                break;
        }
    }

    /// <summary>Trigger and re-entry, in this order; whether the customer is held out is asked after.</summary>
    public static EntryDecision Decide(
        Plan plan,
        AutomationEvent happened,
        string key,
        JsonElement data,
        EarlierJourneys earlier,
        Facts facts,
        DateTimeOffset now
    )
    {
        if (WhyNot(plan.Automation.Trigger, happened, data, facts) is { } observed)
            return new EntryDecision.Refuse("trigger", observed);
        if (earlier.IsUnderWay)
            return new EntryDecision.Refuse("re-entry", "is under way already");
        if (earlier.Generation > 0)
        {
            if (plan.Automation.Reentry.After is not { } pause)
                return new EntryDecision.Refuse("re-entry", "entered before, and nobody enters twice");
            if (earlier.LastEnteredAt is { } last && now - last < pause)
                return new EntryDecision.Refuse("re-entry", $"entered less than {Durations.Print(pause)} ago");
        }
        return new EntryDecision.Enter(key, earlier.Generation + 1, data);
    }

    private static string? WhyNot(Trigger trigger, AutomationEvent happened, JsonElement data, Facts facts) =>
        trigger switch
        {
            Trigger.OnEvent { Matches.Where: { } where } when !where.Holds(facts, data, happened.At) => where.Observed(
                facts,
                data,
                happened.At
            ),
            Trigger.SegmentEntered entered when EventData.Text(data, "segment") != entered.Segment =>
                $"segment {EventData.Text(data, "segment")}",
            Trigger.SegmentLeft left when EventData.Text(data, "segment") != left.Segment => $"segment {EventData.Text(data, "segment")}",
            _ => null,
        };
}
