using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>How facts reach rules: consumers keep the events, and mark whom they are about in the same transaction.</summary>
internal static class StoreEvents
{
    /// <param name="freshSince">What happened before comes from an import: it waits behind what happens now.</param>
    public static async Task StoreAsync(UnitOfWork work, IReadOnlyList<Observed> events, DateTimeOffset freshSince, CancellationToken ct)
    {
        if (events.Count == 0)
            return;
        await work.ExecuteAsync(
            StoreSql,
            new
            {
                Ids = events.Select(e => e.EventId).ToArray(),
                Origins = events.Select(e => e.OriginId).ToArray(),
                Names = events.Select(e => e.Name).ToArray(),
                Channels = events.Select(e => e.Channel).ToArray(),
                Properties = events.Select(e => e.Properties).ToArray(),
                At = events.Select(e => e.At.UtcDateTime).ToArray(),
            },
            ct
        );
        await work.ExecuteAsync(
            MarkEventsSql,
            new
            {
                Ids = events.Select(e => e.OriginId).ToArray(),
                At = events.Select(e => e.At.UtcDateTime).ToArray(),
                FreshSince = freshSince.UtcDateTime,
            },
            ct
        );
    }

    /// <summary>These customers' rules are looked at again after the commit.</summary>
    public static Task MarkAsync(UnitOfWork work, IEnumerable<Guid> customers, CancellationToken ct) =>
        work.ExecuteAsync(
            $"insert into dirty (origin_id) select id from unnest(@Ids::uuid[]) as news (id) where {SegmentationDatabase.NotErased("id")}",
            new { Ids = customers.Distinct().ToArray() },
            ct
        );

    private static readonly string MarkEventsSql = $"""
        insert into dirty (origin_id, bulk)
        select id, max(at) < @FreshSince
        from unnest(@Ids::uuid[], @At::timestamptz[]) as news (id, at)
        where {SegmentationDatabase.NotErased("id")}
        group by id
        """;

    private static readonly string StoreSql = $"""
        insert into events (event_id, origin_id, name, channel, properties, at)
        select id, origin, name, channel, properties::jsonb, at
        from unnest(@Ids::uuid[], @Origins::uuid[], @Names::text[], @Channels::text[], @Properties::text[], @At::timestamptz[])
            as news (id, origin, name, channel, properties, at)
        where {SegmentationDatabase.NotErased("origin")} and name <> ''
        on conflict do nothing
        """;
}
