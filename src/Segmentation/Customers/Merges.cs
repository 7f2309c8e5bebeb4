using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>
/// Who counts for whom. For each id the newest word by event time holds (of two at one instant, the undoing), so that merges and
/// unmerges may come in any order; chains (A into B, B into C) lead to their end. A circle, possible only while a message is missing,
/// ends before it closes.
/// </summary>
internal static class Merges
{
    internal sealed record Word(Guid From, Guid Into, bool Active, DateTimeOffset At);

    public static async Task RecordAsync(UnitOfWork work, IReadOnlyList<Word> words, CancellationToken ct)
    {
        var real = words.Where(w => w.From != w.Into).ToList();
        var from = real.ConvertAll(w => w.From).ToArray();
        await work.ExecuteAsync(
            RecordSql,
            new
            {
                From = from,
                Into = real.ConvertAll(w => w.Into).ToArray(),
                Active = real.ConvertAll(w => w.Active).ToArray(),
                At = real.ConvertAll(w => w.At.UtcDateTime).ToArray(),
            },
            ct
        );
        await work.ExecuteAsync(FollowSql, new { From = from }, ct);
    }

    private const string RecordSql = $"""
        {SegmentationDatabase.SharedWithErasure}
        {SegmentationDatabase.ExclusiveForMerges}
        insert into merges as g (from_id, into_id, active, at, root_id)
        select distinct on (from_id) from_id, into_id, active, at, from_id
        from unnest(@From::uuid[], @Into::uuid[], @Active::boolean[], @At::timestamptz[]) as news (from_id, into_id, active, at)
        where not is_erased(from_id) and not is_erased(into_id)
        order by from_id, at desc, active, into_id desc
        on conflict (from_id) do update set into_id = excluded.into_id, active = excluded.active, at = excluded.at
        where (excluded.at, not excluded.active, excluded.into_id) > (g.at, not g.active, g.into_id);
        {SegmentationDatabase.MarkChanged}
        """;

    private const string FollowSql = """
        with recursive
        affected (id) as (
            select unnest(@From::uuid[])
            union
            select g.from_id from merges g join affected a on g.into_id = a.id where g.active
        ),
        walk (from_id, node, path) as (
            select id, id, array[id] from affected
            union all
            select w.from_id, g.into_id, w.path || g.into_id
            from walk w join merges g on g.from_id = w.node and g.active
            where g.into_id <> all (w.path)
        ),
        ends as (select distinct on (from_id) from_id, node from walk order by from_id, cardinality(path) desc),
        before as materialized (select g.from_id, g.root_id from merges g join ends e on e.from_id = g.from_id),
        moved as (
            update merges g set root_id = e.node from ends e where g.from_id = e.from_id and g.root_id <> e.node
        )
        insert into dirty (origin_id)
        select id from (select from_id from ends union select node from ends union select root_id from before) as moved (id)
        where not is_erased(id)
        """;
}
