using CsCheck;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Segmentation.Rfm;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rfm;

public sealed class RfmTableTests(Shop shop) : IClassFixture<Shop>
{
    private static readonly Guid[] Customers = [.. Enumerable.Range(1, 12).Select(i => new Guid(i, 0, 0, new byte[8]))];

    // Few values, so that ties, whole refunds and mixed currencies happen often.
    private static readonly Gen<OrderPlaced> Orders =
        from customer in Gen.OneOf(Customers)
        from id in Gen.Int[1, 60]
        from hours in Gen.Int[0, 24 * 40]
        from total in Gen.OneOf(0m, 10m, 10m, 20m, 19.99m)
        from currency in Gen.OneOf("EUR", "EUR", "EUR", "USD")
        select new OrderPlaced(customer, "o" + id, [], total, currency, null, Shop.Start.AddHours(-hours));

    private static readonly Gen<OrderRefunded> Refunds =
        from customer in Gen.OneOf(Customers)
        from id in Gen.Int[1, 60]
        from order in Gen.Int[1, 120]
        from amount in Gen.OneOf(5m, 10m, 20m)
        from currency in Gen.OneOf("EUR", "EUR", "USD")
        select new OrderRefunded(customer, "r" + id, order > 60 ? null : "o" + order, [], amount, currency, Shop.Start);

    [Fact]
    public async Task The_database_scores_as_the_scorer_in_memory_does()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var scored = 0;
        await Gen.Select(Orders.Array[0, 50], Refunds.Array[0, 25])
            .SampleAsync(
                async (orders, refunds) =>
                {
                    // The same id twice would be one order that changed; that is tested elsewhere.
                    orders = [.. orders.DistinctBy(o => o.OrderId)];
                    refunds = [.. refunds.DistinctBy(r => r.RefundId)];
                    await shop.StartsOver();
                    await shop.Hears([.. orders, .. refunds]);
                    await shop.Evaluates();

                    var expected = RfmScoring
                        .Score(
                            [.. orders.Select(o => new RfmOrder<Guid>(o.CustomerId, o.OrderId, o.At, o.Total, o.Currency))],
                            [.. refunds.Select(r => new RfmRefund<Guid>(r.CustomerId, r.OrderId, r.Amount, r.Currency))],
                            zone
                        )
                        .Select(s => new Row(
                            s.Customer,
                            s.LastOrderOn,
                            s.RecencyDays,
                            s.Frequency,
                            s.Monetary,
                            s.R,
                            s.F,
                            s.M,
                            s.Segment.Key
                        ))
                        .OrderBy(row => row.CustomerId);
                    var actual = await shop.Db.QueryAsync<Row>(RowsSql, null, CancellationToken.None);
                    Interlocked.Add(ref scored, actual.Count);
                    Assert.Equal(expected, actual.OrderBy(row => row.CustomerId));
                },
                iter: 40,
                threads: 1
            );
        Assert.True(scored > 100, $"only {scored} scores compared");
    }

    private sealed record Row(
        Guid CustomerId,
        DateOnly LastOrderOn,
        int RecencyDays,
        int Frequency,
        decimal Monetary,
        int R,
        int F,
        int M,
        string Key
    );

    private const string RowsSql = """
        select s.customer_id, s.last_order_on, e.newest_order_on - s.last_order_on as recency_days,
               s.frequency, s.monetary, s.r, s.f, s.m, g.key
        from rfm_scores s
        cross join evaluations e
        join memberships m using (customer_id)
        join segments g on g.id = m.segment_id and g.kind = 'rfm'
        """;
}
