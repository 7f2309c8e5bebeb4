using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Consent;

/// <summary>Appends to the ledger of consents and publishes each new statement.</summary>
internal static class StoreConsents
{
    public static async Task StoreAsync(UnitOfWork work, IReadOnlyList<ConsentRecord> said, DateTimeOffset now, CancellationToken ct)
    {
        if (said.Count == 0)
            return;
        var latest = await work.QueryAsync<Latest>(LatestSql, new { Customers = said.Select(record => record.CustomerId).Distinct().ToArray() }, ct);
        var news = ConsentRecord.News(said, latest.ToDictionary(row => (row.CustomerId, row.Purpose), row => (row.Granted, row.At)));
        if (news.Count == 0)
            return;
        await work.ExecuteAsync(
            """
            insert into consents (id, customer_id, purpose, granted, source, at, recorded_at)
            select id, customer_id, purpose, granted, source, at, @Now
            from unnest(@Ids::uuid[], @Customers::uuid[], @Purposes::text[], @Granted::boolean[], @Sources::text[], @Times::timestamptz[])
                as c (id, customer_id, purpose, granted, source, at)
            """,
            new
            {
                Now = now,
                Ids = news.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                Customers = news.Select(record => record.CustomerId).ToArray(),
                Purposes = news.Select(record => record.Purpose).ToArray(),
                Granted = news.Select(record => record.Granted).ToArray(),
                Sources = news.Select(record => record.Source).ToArray(),
                Times = news.Select(record => record.At).ToArray(),
            },
            ct
        );
        foreach (var record in news)
            work.Publish(new ConsentChanged(record.CustomerId, record.Purpose, record.Granted, record.Source, record.At), record.TraceParent);
    }

    private sealed record Latest(Guid CustomerId, string Purpose, bool Granted, DateTimeOffset At);

    private const string LatestSql = """
        select distinct on (customer_id, purpose) customer_id, purpose, granted, at
        from consents where customer_id = any(@Customers) order by customer_id, purpose, at desc, granted
        """;
}
