using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Carts;
using MarketingPlatform.Customers.Consent;
using MarketingPlatform.Customers.Identity;
using MarketingPlatform.Customers.Orders;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace MarketingPlatform.Customers.Collect;

/// <summary>Stores what several requests brought, in one transaction: each message id once, with all that follows from it.</summary>
internal sealed class StoreCalls
{
    private const int EventsPerMessage = 500;
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
            await StoreProfiles.StoreAsync(work, resolved, map, counts, now, ct);
            await consents.StoreAsync(work, [.. resolved.SelectMany(r => ConsentRecord.Of(r.Customer, r.Call))], now, ct);
            // Ids in the order of arrival: they decide between events of the same time.
            var ids = resolved.Select(_ => Guid.CreateVersion7(now)).Order();
            var events = resolved.Zip(ids, (r, id) => new StoredEvent(id, r.Customer, r.Call)).ToArray();
            await StoreEventsAsync(work, events, now, ct);
            rejections.AddRange(await StoreCommerceAsync(work, events, counts, ct));
            PublishBehaviour(work, events);
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
        {
            yield return Identifier.Anonymous(anonymous);
            if (call.Kind == "alias" && call.UserId is null)
                yield return Identifier.User(anonymous);
        }
        if (call.PreviousId is { } previous)
        {
            yield return Identifier.Anonymous(previous);
            yield return Identifier.User(previous);
        }
    }

    private static Guid Resolve(IdentityMap map, Call call) =>
        call.Kind == "alias"
            ? map.Alias(call.PreviousId!, call.UserId ?? call.AnonymousId!, call.At)
            : map.Resolve(call.UserId, call.AnonymousId, call.At, IdentityRules.ContactsOf(call));

    /// <summary>By COPY: of all statements of a commit this one moves the most.</summary>
    private static async Task StoreEventsAsync(UnitOfWork work, StoredEvent[] events, DateTimeOffset now, CancellationToken ct)
    {
        await using var copy = await work.Connection.BeginBinaryImportAsync(
            """
            copy events (id, customer_id, kind, name, message_id, properties, context, at, received_at) from stdin (format binary)
            """,
            ct
        );
        foreach (var (id, customer, call) in events)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(customer, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(call.Kind, NpgsqlDbType.Text, ct);
            await WriteAsync(copy, call.Name, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(call.MessageId, NpgsqlDbType.Text, ct);
            await WriteAsync(copy, Raw(call.Data), NpgsqlDbType.Jsonb, ct);
            await WriteAsync(copy, Raw(call.Context), NpgsqlDbType.Jsonb, ct);
            await copy.WriteAsync(call.At.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(now.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        }
        await copy.CompleteAsync(ct);
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken ct)
        where T : class => value is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(value, type, ct);

    private static byte[]? Raw(JsonElement? json) => json is { } element ? JsonMarshal.GetRawUtf8Value(element).ToArray() : null;

    /// <returns>Events with a semantic name that lack what it needs: kept as behaviour, and named as rejected.</returns>
    private async Task<IEnumerable<RejectedCall>> StoreCommerceAsync(
        UnitOfWork work,
        StoredEvent[] events,
        DayCounts counts,
        CancellationToken ct
    )
    {
        // What a customer puts into the cart after an order belongs to the next cart: a customer's second round waits for the first order.
        var rounds = new List<(List<ArrivedTouch> Touches, List<Order> Orders)>();
        var ordersOf = new Dictionary<Guid, int>();
        var refunds = new List<(Commerce.GivenBack What, Guid Customer, Call Call)>();
        var unusable = new List<RejectedCall>();
        foreach (var (id, customer, call) in events.OrderBy(e => e.Call.At))
        {
            var round = ordersOf.GetValueOrDefault(customer);
            if (round == rounds.Count)
                rounds.Add(([], []));
            switch (Commerce.Read(call, shop.Currency))
            {
                case Commerce.Touch t:
                    rounds[round]
                        .Touches.Add(
                            new ArrivedTouch(customer, t.CartId, new CartTouch(id, t.Kind, t.Lines, call.At), t.Currency, call.TraceParent)
                        );
                    break;
                case Commerce.Bought o:
                    rounds[round]
                        .Orders.Add(
                            new Order(customer, o.OrderId, o.CartId, o.Lines, o.Total, o.Currency, call.At, call.TraceParent, o.Coupons)
                        );
                    ordersOf[customer] = round + 1;
                    break;
                case Commerce.GivenBack r:
                    refunds.Add((r, customer, call));
                    break;
                case Commerce.Unusable u:
                    unusable.Add(new RejectedCall(0, call.MessageId, u.Reason, u.Detail, call.Data?.GetRawText() ?? ""));
                    break;
            }
        }
        foreach (var (touches, orders) in rounds)
        {
            await StoreCarts.StoreAsync(work, touches, ct);
            await StoreOrders.StoreAsync(work, orders, counts, ct);
        }
        await StoreRefundsAsync(work, refunds, ct);
        return unusable;
    }

    /// <summary>A refund that names no amount gives back the whole order, where the order is known.</summary>
    private static async Task StoreRefundsAsync(
        UnitOfWork work,
        IReadOnlyList<(Commerce.GivenBack What, Guid Customer, Call Call)> refunds,
        CancellationToken ct
    )
    {
        var unsaid = refunds.Where(r => r.What is { Amount: null, Lines.Count: 0 }).Select(r => r.What.OrderId).ToArray();
        var totals =
            unsaid.Length == 0
                ? []
                : (
                    await work.QueryAsync<(string Id, decimal Total)>(
                        "select order_id, total from orders where order_id = any(@Ids)",
                        new { Ids = unsaid },
                        ct
                    )
                ).ToDictionary(order => order.Id, order => order.Total);
        await StoreOrders.StoreAsync(
            work,
            [
                .. refunds.Select(r => new Refund(
                    r.Customer,
                    r.Call.MessageId,
                    r.What.OrderId,
                    r.What.Lines,
                    r.What.Amount ?? (r.What.Lines.Count > 0 ? Cart.Total(r.What.Lines) : totals.GetValueOrDefault(r.What.OrderId ?? "")),
                    r.What.Currency,
                    r.Call.At,
                    r.Call.TraceParent
                )),
            ],
            ct
        );
    }

    private static void PublishBehaviour(UnitOfWork work, StoredEvent[] events)
    {
        foreach (var chunk in events.Where(e => e.Call.Kind is not ("identify" or "alias")).Chunk(EventsPerMessage))
            work.Publish(
                new BehaviourBatch([
                    .. chunk.Select(e => new BehaviourEvent(
                        e.Id,
                        e.Customer,
                        e.Call.Kind,
                        e.Call.Name,
                        Commerce.ProductOf(e.Call),
                        Commerce.ChannelOf(e.Call),
                        e.Call.Data,
                        e.Call.At,
                        AdClicks.Of(e.Call)
                    )),
                ]),
                chunk[0].Call.TraceParent
            );
    }

    private sealed record StoredEvent(Guid Id, Guid Customer, Call Call);
}
