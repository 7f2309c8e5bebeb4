using System.Diagnostics.Metrics;
using System.Text.Json;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.Customers.Identity;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Telemetry;

namespace MarketingPlatform.Customers.Privacy;

/// <summary>
/// Drops and counts what an erased person did before the erasure and what comes only now. What the same person does afterwards is
/// somebody new's: nothing joins the two.
/// </summary>
internal sealed class LateEvents(PrivacyKey key, [FromKeyedServices("customers")] ServiceTelemetry telemetry)
{
    private readonly Counter<long> dropped = telemetry.Meter.CreateCounter<long>(
        "marketing.events.erased",
        description: "Events of erased people that came late and were dropped"
    );

    /// <returns>When somebody was last erased; null: nobody ever. One look at the end of an index.</returns>
    public static Task<DateTimeOffset?> LastErasureAsync(UnitOfWork work, CancellationToken ct) =>
        work.QuerySingleAsync<DateTimeOffset?>("select max(at) from erased_identifiers", null, ct);

    /// <param name="last">The last erasure: nearly always nothing is older.</param>
    /// <returns>The calls that are nobody's who was erased since.</returns>
    public async Task<IReadOnlyList<Call>> WithoutAsync(
        UnitOfWork work,
        IReadOnlyList<Call> calls,
        DateTimeOffset? last,
        CancellationToken ct
    )
    {
        var old = calls.Where(call => call.At < last).ToArray();
        if (old.Length == 0)
            return calls;
        var hash = await key.HasherAsync(ct);
        var names = old.SelectMany(call => NamesOf(call).Select(name => (Call: call, Hash: hash(name)))).ToArray();
        var late = await work.QueryAsync<(int Place, Guid Request)>(
            """
            select n.place::int, e.request_id
            from unnest(@Hashes::bytea[], @Times::timestamptz[]) with ordinality as n (hash, at, place)
            join erased_identifiers e on e.hash = n.hash and n.at < e.at
            """,
            new { Hashes = names.Select(n => n.Hash).ToArray(), Times = names.Select(n => n.Call.At).ToArray() },
            ct
        );
        if (late.Count == 0)
            return calls;
        var byCall = new Dictionary<Call, Guid>(ReferenceEqualityComparer.Instance);
        foreach (var (place, request) in late)
            byCall[names[place - 1].Call] = request;
        await CountAsync(work, byCall.Values, ct);
        return [.. calls.Where(call => !byCall.ContainsKey(call))];
    }

    /// <summary>News of an id that was erased, from another service.</summary>
    public void Dropped(int events) => dropped.Add(events);

    private async Task CountAsync(UnitOfWork work, IReadOnlyCollection<Guid> requests, CancellationToken ct)
    {
        dropped.Add(requests.Count);
        var counts = requests.GroupBy(request => request).OrderBy(group => group.Key).ToArray();
        await work.ExecuteAsync(
            """
            update privacy_requests q set late_events = q.late_events + n.more
            from unnest(@Requests::uuid[], @More::bigint[]) as n (request, more) where q.id = n.request
            """,
            new { Requests = counts.Select(group => group.Key).ToArray(), More = counts.Select(group => group.LongCount()).ToArray() },
            ct
        );
    }

    internal static IEnumerable<string> NamesOf(Call call)
    {
        foreach (var id in new[] { call.UserId, call.AnonymousId, call.PreviousId })
            if (id is not null)
                yield return id;
        foreach (var contact in IdentityRules.ContactsOf(call))
            yield return contact.Value;
        // As the shop wrote them, where they are no address or number that anybody is known by.
        if (call.Kind == "identify" && call.Data is { ValueKind: JsonValueKind.Object } traits)
            foreach (var name in new[] { "email", "phone" })
                if (traits.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                    yield return value.GetString()!;
    }
}
