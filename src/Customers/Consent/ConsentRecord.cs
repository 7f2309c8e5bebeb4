using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Collect;

namespace MarketingPlatform.Customers.Consent;

/// <summary>One thing a customer said about a purpose.</summary>
/// <param name="Vouched">Said by this platform or a system of the shop, not by anybody who knows the key in a web page.</param>
internal sealed record ConsentRecord(
    Guid CustomerId,
    string Purpose,
    bool Granted,
    string Source,
    DateTimeOffset At,
    string? TraceParent,
    ConsentEvidence? Evidence = null,
    bool Vouched = false
)
{
    public const int MaxSourceLength = 200;

    /// <summary>What only this platform and the shop's own systems say: from anybody else it would be a confirmation that nobody gave.</summary>
    private static readonly HashSet<string> Reserved = [DoubleOptIn.Source, PreferenceCentre.Source];

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
        var source =
            consent.TryGetProperty("source", out var given)
            && given.ValueKind == JsonValueKind.String
            && given.GetString()!.Trim() is { Length: > 0 } said
            && (call.Vouched || !Reserved.Contains(said))
                ? Storable.Cut(said, MaxSourceLength)
                : call.Kind;
        var evidence = ConsentEvidence.Of(context, consent, call.Ip);
        foreach (var preference in preferences.EnumerateObject())
            if (ConsentPurposes.All.Contains(preference.Name) && preference.Value.ValueKind is (JsonValueKind.True or JsonValueKind.False))
                yield return new ConsentRecord(
                    customer,
                    preference.Name,
                    preference.Value.GetBoolean(),
                    source,
                    call.At,
                    call.TraceParent,
                    evidence,
                    call.Vouched
                );
    }

    /// <summary>Sorts what was said by what it means to the latest known state, whatever the order of arrival.</summary>
    public static ConsentNews News(
        IEnumerable<ConsentRecord> said,
        IReadOnlyDictionary<(Guid Customer, string Purpose), (bool Granted, DateTimeOffset At)> latest
    )
    {
        var state = new Dictionary<(Guid, string), (bool Granted, DateTimeOffset At)>(latest);
        var news = new ConsentNews([], [], []);
        // Of two at the same time the refusal comes last: it wins.
        foreach (var record in said.OrderBy(record => record.At).ThenBy(record => !record.Granted))
        {
            var key = (record.CustomerId, record.Purpose);
            if (!state.TryGetValue(key, out var held))
                news.Changes.Add(record);
            else if (record.Granted == held.Granted)
            {
                if (record.At <= held.At)
                    continue;
                news.Repetitions[key] = record.At;
            }
            else if (record.At < held.At || (record.At == held.At && record.Granted))
            {
                news.History.Add(record);
                continue;
            }
            else
            {
                news.Changes.Add(record);
                news.Repetitions.Remove(key);
            }
            state[key] = (record.Granted, record.At);
        }
        return news;
    }
}

/// <param name="Changes">New states: they enter the ledger and are published.</param>
/// <param name="History">Contradict the state and are older: they enter the ledger and change nothing.</param>
/// <param name="Repetitions">When the state was last said again: what was said before that is old.</param>
internal sealed record ConsentNews(
    List<ConsentRecord> Changes,
    List<ConsentRecord> History,
    Dictionary<(Guid Customer, string Purpose), DateTimeOffset> Repetitions
);
