using System.Diagnostics.Metrics;
using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Consent;
using MarketingPlatform.Customers.Identity;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Collect;

/// <summary>Stores what several requests brought, in one transaction: each message id once, with all that follows from it.</summary>
internal sealed class StoreCalls
{
    private const int Attempts = 5;

    private readonly CustomersDatabase database;
    private readonly Shop shop;
    private readonly LateEvents late;
    private readonly ConsentLedger consents;
    private readonly TimeZoneInfo zone;
    private readonly TimeProvider clock;
    private readonly Counter<long> accepted;
    private readonly Counter<long> rejected;

    public StoreCalls(
        CustomersDatabase database,
        IOptions<Shop> shop,
        LateEvents late,
        ConsentLedger consents,
        TimeProvider clock,
        [FromKeyedServices("customers")] ServiceTelemetry telemetry
    )
    {
        this.database = database;
        this.shop = shop.Value;
        this.late = late;
        this.consents = consents;
        zone = TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone);
        this.clock = clock;
        accepted = telemetry.Meter.CreateCounter<long>("marketing.events.accepted");
        rejected = telemetry.Meter.CreateCounter<long>("marketing.events.rejected");
    }

    public async Task StoreAsync(IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await StoreOnceAsync(arrivals, ct);
                return;
            }
            catch (Exception e) when (attempt < Attempts && IdentityRaceException.Explains(e))
            {
                // Another instance met one of these people first; now we shall find them.
            }
        }
    }

    private async Task StoreOnceAsync(IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await StoreAsync(arrivals, work, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The same inside a transaction that the caller commits.</summary>
    /// <exception cref="IdentityRaceException">Roll back and begin again.</exception>
    public async Task StoreAsync(IReadOnlyList<Arrival> arrivals, UnitOfWork work, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var lastErasure = await LateEvents.LastErasureAsync(work, ct);
        var arrived = await late.WithoutAsync(work, [.. arrivals.SelectMany(arrival => arrival.Calls)], lastErasure, ct);
        var calls = await WithoutRepetitionsAsync(work, arrived, now, ct);
        var rejections = arrivals.SelectMany(arrival => arrival.Rejected).ToList();
        if (calls.Count > 0)
        {
            var counts = new DayCounts(zone);
            foreach (var call in calls)
                counts.Event(call.At);
            var map = await ResolveIdentities.LoadAsync(work, [.. calls.SelectMany(IdentifiersOf)], () => Guid.CreateVersion7(now), ct);
            // These people are held now. Who was erased between the two looks must not come back as somebody new.
            if (await LateEvents.LastErasureAsync(work, ct) != lastErasure)
                throw new IdentityRaceException();
            var resolved = calls.Select(call => (Customer: Resolve(map, call), Call: call)).ToArray();
            for (var i = 0; i < resolved.Length; i++)
                resolved[i].Customer = map.Current(resolved[i].Customer);
            await ResolveIdentities.SaveAsync(work, map, ct);
            rejections.AddRange(await StoreProfiles.StoreAsync(work, resolved, map, counts, now, ct));
            await consents.StoreAsync(work, [.. resolved.SelectMany(r => ConsentRecord.Of(r.Customer, r.Call))], now, ct);
            // Ids in the order of arrival: they decide between events of the same time.
            var ids = resolved.Select(_ => Guid.CreateVersion7(now)).Order();
            var events = resolved.Zip(ids, (r, id) => new StoredEvent(id, r.Customer, r.Call)).ToArray();
            await StoreEvents.StoreAsync(work, events, now, ct);
            rejections.AddRange(await StoreCommerce.StoreAsync(work, events, shop, counts, ct));
            StoreEvents.Publish(work, events);
            await counts.SaveAsync(work, ct);
        }
        await StoreRejections.StoreAsync(work, rejections, now, ct);
        accepted.Add(calls.Count);
        rejected.Add(rejections.Count);
    }

    private static async Task<IReadOnlyList<Call>> WithoutRepetitionsAsync(
        UnitOfWork work,
        IReadOnlyList<Call> calls,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (calls.Count == 0)
            return [];
        var distinct = calls.DistinctBy(call => call.MessageId).ToArray();
        var fresh = (
            await work.QueryAsync<string>(
                """
                insert into received_messages (message_id, received_at)
                select id, @Now from unnest(@Ids::text[]) as m (id) order by id
                on conflict do nothing
                returning message_id
                """,
                new { Ids = distinct.Select(call => call.MessageId).ToArray(), Now = now },
                ct
            )
        ).ToHashSet();
        return [.. distinct.Where(call => fresh.Contains(call.MessageId))];
    }

    private static IEnumerable<Identifier> IdentifiersOf(Call call)
    {
        if (call.UserId is { } user)
            yield return Identifier.User(user);
        foreach (var contact in IdentityRules.ContactsOf(call))
            yield return contact;
        if (call.AnonymousId is { } anonymous)
            yield return Identifier.Anonymous(anonymous);
        if (call.PreviousId is { } previous)
        {
            yield return Identifier.Anonymous(previous);
            yield return Identifier.User(previous);
        }
    }

    private static Guid Resolve(IdentityMap map, Call call)
    {
        if (call.Kind == "alias")
            map.Alias(call.PreviousId!, call.UserId is { } user ? Identifier.User(user) : Identifier.Anonymous(call.AnonymousId!), call.At);
        return map.Resolve(call.UserId, call.AnonymousId, call.At, IdentityRules.ContactsOf(call));
    }
}
