using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Consent;

/// <summary>Appends to the ledger of consents and publishes each new statement.</summary>
internal static class StoreConsents
{
    /// <returns>The statements that changed something.</returns>
    public static async Task<IReadOnlyList<ConsentRecord>> StoreAsync(
        UnitOfWork work,
        IReadOnlyList<ConsentRecord> said,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (said.Count == 0)
            return [];
        var latest = await work.QueryAsync<Latest>(
            LatestSql,
            new { Customers = said.Select(record => record.CustomerId).Distinct().ToArray() },
            ct
        );
        var news = ConsentRecord.News(said, latest.ToDictionary(row => (row.CustomerId, row.Purpose), row => (row.Granted, row.At)));
        await AppendAsync(work, [.. news.Changes, .. news.History], now, ct);
        if (news.Repetitions.Count > 0)
            await work.ExecuteAsync(
                RepeatSql,
                new
                {
                    Customers = news.Repetitions.Keys.Select(key => key.Customer).ToArray(),
                    Purposes = news.Repetitions.Keys.Select(key => key.Purpose).ToArray(),
                    Times = news.Repetitions.Values.ToArray(),
                },
                ct
            );
        foreach (var record in news.Changes)
            work.Publish(
                new ConsentChanged(record.CustomerId, record.Purpose, record.Granted, record.Source, record.At),
                record.TraceParent
            );
        return news.Changes;
    }

    private static async Task AppendAsync(UnitOfWork work, IReadOnlyList<ConsentRecord> news, DateTimeOffset now, CancellationToken ct)
    {
        if (news.Count == 0)
            return;
        await work.ExecuteAsync(
            """
            insert into consents (id, customer_id, purpose, granted, source, text_version, ip, token, at, recorded_at)
            select id, customer_id, purpose, granted, source, text_version, ip, token, at, @Now
            from unnest(@Ids::uuid[], @Customers::uuid[], @Purposes::text[], @Granted::boolean[], @Sources::text[], @TextVersions::text[],
                        @Ips::text[], @Tokens::text[], @Times::timestamptz[])
                as c (id, customer_id, purpose, granted, source, text_version, ip, token, at)
            """,
            new
            {
                Now = now,
                Ids = news.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                Customers = news.Select(record => record.CustomerId).ToArray(),
                Purposes = news.Select(record => record.Purpose).ToArray(),
                Granted = news.Select(record => record.Granted).ToArray(),
                Sources = news.Select(record => record.Source).ToArray(),
                TextVersions = news.Select(record => record.Evidence?.TextVersion).ToArray(),
                Ips = news.Select(record => record.Evidence?.Ip).ToArray(),
                Tokens = news.Select(record => record.Evidence?.Token).ToArray(),
                Times = news.Select(record => record.At).ToArray(),
            },
            ct
        );
    }

    private sealed record Latest(Guid CustomerId, string Purpose, bool Granted, DateTimeOffset At);

    private const string LatestSql = """
        select distinct on (customer_id, purpose) customer_id, purpose, granted, greatest(at, repeated_at) as at
        from consents where customer_id = any(@Customers) order by customer_id, purpose, greatest(at, repeated_at) desc, granted
        """;

    // A shop may state a consent with every event: the ledger does not grow, the latest entry knows how long it has been true.
    private const string RepeatSql = """
        update consents c set repeated_at = r.at
        from unnest(@Customers::uuid[], @Purposes::text[], @Times::timestamptz[]) as r (customer_id, purpose, at)
        where c.id = (
            select id from consents l where l.customer_id = r.customer_id and l.purpose = r.purpose
            order by greatest(l.at, l.repeated_at) desc, l.granted limit 1
        )
        """;
}
