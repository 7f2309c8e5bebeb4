using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Collect;

namespace MarketingPlatform.Customers.Consent;

/// <summary>One thing a customer said about a purpose.</summary>
internal sealed record ConsentRecord(Guid CustomerId, string Purpose, bool Granted, string Source, DateTimeOffset At, string? TraceParent)
{
    /// <summary>What a call says in <c>context.consent.categoryPreferences</c>; categories that the platform does not know stay in the event.</summary>
    public static IEnumerable<ConsentRecord> Of(Guid customer, Call call)
    {
        if (
            call.Context is not { } context
            || !context.TryGetProperty("consent", out var consent)
            || consent.ValueKind != JsonValueKind.Object
            || !consent.TryGetProperty("categoryPreferences", out var preferences)
            || preferences.ValueKind != JsonValueKind.Object
        )
            yield break;
        // Where it was said, when the shop tells: an import must not undo what the customer said in person.
        var source = consent.TryGetProperty("source", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : call.Kind;
        foreach (var preference in preferences.EnumerateObject())
            if (ConsentPurposes.All.Contains(preference.Name) && preference.Value.ValueKind is (JsonValueKind.True or JsonValueKind.False))
                yield return new ConsentRecord(customer, preference.Name, preference.Value.GetBoolean(), source, call.At, call.TraceParent);
    }

    /// <summary>
    /// The records worth keeping: what repeats the latest known state adds nothing. Older ones than the state are kept, as history.
    /// </summary>
    public static IReadOnlyList<ConsentRecord> News(
        IEnumerable<ConsentRecord> said,
        IReadOnlyDictionary<(Guid Customer, string Purpose), (bool Granted, DateTimeOffset At)> latest
    )
    {
        var state = new Dictionary<(Guid, string), (bool Granted, DateTimeOffset At)>(latest);
        var news = new List<ConsentRecord>();
        foreach (var record in said.OrderBy(record => record.At))
        {
            var key = (record.CustomerId, record.Purpose);
            if (state.TryGetValue(key, out var held) && (held.At >= record.At || held.Granted == record.Granted))
            {
                if (held.At > record.At && held.Granted != record.Granted)
                    news.Add(record);
                continue;
            }
            state[key] = (record.Granted, record.At);
            news.Add(record);
        }
        return news;
    }
}
