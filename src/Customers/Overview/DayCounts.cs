using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Overview;

/// <summary>What one commit adds to the sums of each day of the shop.</summary>
internal sealed class DayCounts(TimeZoneInfo zone)
{
    private readonly Dictionary<(DateOnly Day, string Currency), Sums> days = [];

    public void Event(DateTimeOffset at) => Of(at, "").Events++;

    public void Order(DateTimeOffset at, decimal total, string currency)
    {
        var sums = Of(at, currency);
        sums.Orders++;
        sums.Revenue += total;
    }

    /// <param name="count">-1 where a customer turned out to be another one.</param>
    public void NewCustomers(DateTimeOffset firstSeenAt, int count) => Of(firstSeenAt, "").NewCustomers += count;

    /// <summary>Appends: whoever reads adds up.</summary>
    public Task SaveAsync(UnitOfWork work, CancellationToken ct) =>
        days.Count == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                insert into day_counts (day, currency, events, orders, revenue, new_customers)
                select * from unnest(@Days::date[], @Currencies::text[], @Events::bigint[], @Orders::bigint[], @Revenues::numeric[], @NewCustomers::bigint[])
                """,
                new
                {
                    Days = days.Keys.Select(key => key.Day).ToArray(),
                    Currencies = days.Keys.Select(key => key.Currency).ToArray(),
                    Events = days.Values.Select(sums => sums.Events).ToArray(),
                    Orders = days.Values.Select(sums => sums.Orders).ToArray(),
                    Revenues = days.Values.Select(sums => sums.Revenue).ToArray(),
                    NewCustomers = days.Values.Select(sums => sums.NewCustomers).ToArray(),
                },
                ct
            );

    /// <summary>Makes one row of the many that commits appended.</summary>
    public const string FoldSql = """
        with many as (select day, currency from day_counts group by day, currency having count(*) > 1),
             gone as (delete from day_counts d using many m where d.day = m.day and d.currency = m.currency returning d.*)
        insert into day_counts select day, currency, sum(events), sum(orders), sum(revenue), sum(new_customers) from gone group by day, currency;
        with gone as (delete from customer_counts where (select count(*) from customer_counts) > 1 returning *)
        insert into customer_counts select sum(customers), sum(identified) from gone having count(*) > 0;
        """;

    private Sums Of(DateTimeOffset at, string currency)
    {
        var key = (DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime), currency);
        if (!days.TryGetValue(key, out var sums))
            days[key] = sums = new Sums();
        return sums;
    }

    private sealed class Sums
    {
        public long Events;
        public long Orders;
        public decimal Revenue;
        public long NewCustomers;
    }
}
