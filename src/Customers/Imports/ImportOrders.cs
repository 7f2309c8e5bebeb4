using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Carts;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.Customers.Identity;
using MarketingPlatform.Customers.Orders;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Customers.Timeline;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Imports;

/// <summary>
/// Orders from a file of order lines. Lines of one order stand near each other, with fewer than 500 other orders between them; returned
/// goods are refunds; an order without customer is of a guest, an anonymous customer of its own. Streams: memory does not grow with the file.
/// </summary>
internal sealed class ImportOrders(CustomersDatabase database, Shop shop, LateEvents late, TimeProvider clock, string? currency)
{
    private const int OrdersPerCommit = 500;

    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(shop.TimeZone);
    private readonly HashSet<string> seenOrders = [];
    private readonly HashSet<string> seenCustomers = [];

    public async Task RunAsync(CsvTable table, ImportReport report, Func<Task> progress, CancellationToken ct)
    {
        var window = new List<List<OrderRow>>();
        var inWindow = new Dictionary<string, List<OrderRow>>();
        while (await table.ReadAsync())
        {
            report.Lines.Read++;
            var (row, reason) = OrderRow.Read(table, zone);
            if (row is null)
                report.Reject(reason!);
            else if (inWindow.TryGetValue(row.OrderId, out var order))
                order.Add(row);
            else if (!seenOrders.Add(row.OrderId))
                report.Reject("order-continues-later");
            else
                window.Add(inWindow[row.OrderId] = [row]);
            if (window.Count < 2 * OrdersPerCommit)
                continue;
            var oldest = window[..OrdersPerCommit];
            await StoreAsync(oldest, report, ct);
            await progress();
            window.RemoveRange(0, OrdersPerCommit);
            foreach (var rows in oldest)
                inWindow.Remove(rows[0].OrderId);
        }
        foreach (var rest in window.Chunk(OrdersPerCommit))
            await StoreAsync(rest, report, ct);
    }

    private async Task StoreAsync(IReadOnlyList<List<OrderRow>> groups, ImportReport report, CancellationToken ct)
    {
        groups = await WithoutErasedAsync(groups, report, ct);
        var now = clock.GetUtcNow();
        var calls = groups.Select(IdentifyCall).ToArray();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var work = await database.BeginAsync(ct);
                var counts = new DayCounts(zone);
                var ids = calls
                    .Select(call => call.UserId is { } user ? Identifier.User(user) : Identifier.Anonymous(call.AnonymousId!))
                    .ToArray();
                var map = await ResolveIdentities.LoadAsync(work, ids, () => Guid.CreateVersion7(now), ct);
                var resolved = calls.Select(call => (Customer: map.Resolve(call.UserId, call.AnonymousId, call.At), Call: call)).ToArray();
                await ResolveIdentities.SaveAsync(work, map, ct);
                await StoreProfiles.StoreAsync(work, resolved, map, counts, now, ct);
                var orders = new List<Order>();
                var refunds = new List<Refund>();
                foreach (var (rows, (customer, _)) in groups.Zip(resolved))
                    Split(rows, customer, orders, refunds);
                var fresh = await StoreOrders.StoreAsync(work, orders, counts, ct);
                var newRefunds = await StoreRefunds.StoreAsync(work, refunds, shop.Currency, ct);
                await StoreEntries.StoreAsync(work, [.. Entries(orders.Where(order => fresh.Contains(order.OrderId)))], now, ct);
                await counts.SaveAsync(work, ct);
                await work.CommitAsync(ct);
                Count(report, groups, orders.Count, fresh.Count, newRefunds, calls);
                return;
            }
            catch (Exception e) when (attempt < 5 && IdentityRaceException.Explains(e))
            {
                // A collect call met one of these customers first; now we shall find them.
            }
        }
    }

    /// <summary>Orders of people who were erased since then do not come back with an old file.</summary>
    private async Task<IReadOnlyList<List<OrderRow>>> WithoutErasedAsync(
        IReadOnlyList<List<OrderRow>> groups,
        ImportReport report,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        var calls = groups.Select(IdentifyCall).ToArray();
        var kept = (await late.WithoutAsync(work, calls, await LateEvents.LastErasureAsync(work, ct), ct)).ToHashSet<Call>(
            ReferenceEqualityComparer.Instance
        );
        await work.CommitAsync(ct);
        if (kept.Count == calls.Length)
            return groups;
        foreach (var (rows, _) in groups.Zip(calls).Where(pair => !kept.Contains(pair.Second)))
            report.Reject("person-erased", rows.Count);
        return [.. groups.Zip(calls).Where(pair => kept.Contains(pair.Second)).Select(pair => pair.First)];
    }

    /// <summary>A sent order is an event of its customer; an imported one has none.</summary>
    private static IEnumerable<TimelineEntry> Entries(IEnumerable<Order> orders) =>
        orders.Select(order => new TimelineEntry(
            order.CustomerId,
            "order",
            order.OrderId,
            new
            {
                order.Total,
                order.Currency,
                Products = order.Lines,
            },
            order.At
        ));

    private static Call IdentifyCall(List<OrderRow> rows)
    {
        var first = rows[0];
        var traits = new Dictionary<string, string>();
        if (first.Country is { } country)
            traits["country"] = country;
        if (first.Email is { } email)
            traits["email"] = email;
        var user = first.UserId ?? first.Email?.ToLowerInvariant();
        return new Call(
            "identify",
            "import:" + first.OrderId,
            user,
            user is null ? "guest:" + first.OrderId : null,
            PreviousId: null,
            Name: null,
            JsonSerializer.SerializeToElement(traits),
            Context: null,
            first.At,
            System.Diagnostics.Activity.Current?.Id
        );
    }

    private void Split(List<OrderRow> rows, Guid customer, List<Order> orders, List<Refund> refunds)
    {
        var first = rows[0];
        var money = first.Currency ?? currency ?? shop.Currency;
        var bought = rows.Where(row => row.Quantity > 0).Select(row => row.ToLine()).ToArray();
        var returned = rows.Where(row => row.Quantity < 0).Select(row => row.ToLine()).ToArray();
        var trace = System.Diagnostics.Activity.Current?.Id;
        if (bought.Length > 0)
            orders.Add(new Order(customer, first.OrderId, null, bought, Cart.Total(bought), money, first.At, trace));
        if (returned.Length > 0)
            refunds.Add(
                new Refund(
                    customer,
                    first.OrderId,
                    bought.Length > 0 ? first.OrderId : null,
                    returned,
                    Cart.Total(returned),
                    money,
                    first.At,
                    trace
                )
            );
    }

    private void Count(ImportReport report, IReadOnlyList<List<OrderRow>> groups, int orders, int fresh, int newRefunds, Call[] calls)
    {
        report.Lines.Accepted += groups.Sum(rows => rows.Count);
        report.Orders.Read += groups.Count;
        report.Orders.Accepted += fresh;
        report.Orders.Known += orders - fresh;
        report.Orders.Refunds += newRefunds;
        foreach (var call in calls)
            if (seenCustomers.Add(call.UserId ?? call.AnonymousId!))
                _ = call.UserId is null ? report.Customers.Anonymous++ : report.Customers.Identified++;
    }
}
