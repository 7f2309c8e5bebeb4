using System.Text.Json;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending.Timing;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary>A customer of a simulation: what the service keeps of them in its tables.</summary>
internal sealed class SimulatedPerson(Guid id, TimeZoneInfo shopZone)
{
    private readonly Dictionary<string, JsonElement> traits = [];
    private readonly HashSet<string> segments = [];
    private readonly List<PastEvent> past = [];
    private TimeZoneInfo? zone;
    private bool? consent;
    private DateTimeOffset? consentAt;

    public Guid Id { get; } = id;

    public List<Journey> UnderWay { get; } = [];

    public Dictionary<(string Automation, string Key), EarlierJourneys> Earlier { get; } = [];

    public List<EarlierMail> Mails { get; } = [];

    public TimeZoneInfo Zone => zone ?? shopZone;

    public string? Trait(string name) =>
        traits.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public Facts Facts(IReadOnlyDictionary<string, TimeSpan> gaps) => new(traits, segments, consent, Zone, past, gaps);

    public Person ToPerson() =>
        new(Id, Trait("email"), Trait("first_name"), Trait("last_name"), consent, consentAt, "simulated", null, null);

    public void Give(string name, JsonElement value) => traits[name] = value;

    /// <summary>Takes over what an event says, as the service's consumers do.</summary>
    public void Learn(AutomationEvent happened, IReadOnlySet<string> remembers)
    {
        if (remembers.Contains(happened.Name))
            past.Add(new(happened.Name, happened.At));
        switch (happened.Name)
        {
            case EventNames.ProfileChanged:
                foreach (var member in happened.Data.EnumerateObject())
                    traits[member.Name] = member.Value;
                LocalTimes.IsUnknown(Trait("time_zone"), shopZone, out var found);
                zone = found;
                break;
            case EventNames.ConsentChanged
                when EventData.Text(happened.Data, "purpose") is null or Contracts.Customers.ConsentPurposes.EmailMarketing:
                consent = happened.Data.TryGetProperty("granted", out var granted) && granted.ValueKind == JsonValueKind.True;
                consentAt = happened.At;
                break;
            case EventNames.SegmentEntered when EventData.Text(happened.Data, "segment") is { } segment:
                segments.Add(segment);
                break;
            case EventNames.SegmentLeft when EventData.Text(happened.Data, "segment") is { } segment:
                segments.Remove(segment);
                break;
        }
    }
}

/// <summary>How long after an order customers buy a product again: what the service asks its purchases for.</summary>
internal sealed class SimulatedRhythms
{
    private readonly Dictionary<string, Dictionary<Guid, DateTimeOffset>> last = [];
    private readonly Dictionary<string, List<double>> gaps = [];
    private readonly Dictionary<string, TimeSpan> medians = [];

    public IReadOnlyDictionary<string, TimeSpan> Medians => medians;

    public void Learn(Guid person, AutomationEvent order, int fewest)
    {
        foreach (var product in EventData.Products(order.Data))
        {
            if (!last.TryGetValue(product, out var orders))
                last[product] = orders = [];
            if (orders.TryGetValue(person, out var before) && order.At - before is var gap && gap >= TimeSpan.FromDays(1))
                Add(product, gap.TotalSeconds, fewest);
            orders[person] = order.At;
        }
    }

    private void Add(string product, double seconds, int fewest)
    {
        if (!gaps.TryGetValue(product, out var sorted))
            gaps[product] = sorted = [];
        var at = sorted.BinarySearch(seconds);
        sorted.Insert(at < 0 ? ~at : at, seconds);
        if (sorted.Count < fewest)
            return;
        var middle = sorted.Count / 2;
        medians[product] = TimeSpan.FromSeconds(
            sorted.Count % 2 == 1 ? sorted[middle] : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2
        );
    }
}
