using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Segmentation.Segments;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>
/// Once a night, every rule is answered about everybody again and compared with the memberships that were kept customer by customer. The
/// number of rows that differ is stored and measured (0 is expected), and what differs is put right. Old events are dropped on the way.
/// </summary>
internal sealed class ShadowRecompute(
    SegmentationDatabase db,
    SegmentRules rules,
    IOptions<SegmentationOptions> options,
    IOptions<Shop> shop,
    EvaluationTelemetry telemetry,
    TimeProvider clock
)
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone);

    /// <summary>Runs when the hour has come and it has not run since.</summary>
    public async Task<bool> RunIfDueAsync(CancellationToken ct)
    {
        var now = SegmentRules.Instant(clock.GetUtcNow());
        var last = await db.QuerySingleAsync<DateTimeOffset?>("select max(at) from shadow_recomputes", null, ct);
        var local = TimeZoneInfo.ConvertTime(now, zone);
        if (local.Hour != options.Value.ShadowHour || now - last < TimeSpan.FromHours(2))
            return false;
        await RunAsync(ct);
        return true;
    }

    /// <returns>Rows that differ, by segment.</returns>
    public async Task<IReadOnlyDictionary<string, long>> RunAsync(CancellationToken ct)
    {
        await db.ExecuteAsync(
            "delete from events where at < @Before",
            new { Before = clock.GetUtcNow() - options.Value.EventRetention },
            ct
        );
        IReadOnlyList<RuleSegment> segments;
        await using (var work = await db.BeginAsync(ct))
            segments = await rules.ReadAsync(work, ct);
        var found = new Dictionary<string, long>();
        foreach (var segment in segments)
            found[segment.Key] = await CompareAsync(segment, ct);
        telemetry.Compared(found.Values.Sum());
        return found;
    }

    private async Task<long> CompareAsync(RuleSegment segment, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        // Nobody may be followed meanwhile: what is on its way is no difference.
        await work.ExecuteAsync(SegmentationDatabase.ExclusiveForFollowing + RecomputeSegments.PrepareSql, null, ct);
        var now = SegmentRules.Instant(clock.GetUtcNow());
        var query = rules.Compile(segment.Rule, await rules.ReadAsync(work, ct), now);
        query.Parameters.Add("segment", segment.Id);
        var differing = await work.QuerySingleAsync<long>($"with {query.With}, {CompareSql}", query.Parameters, ct);
        if (differing > 0)
            await work.ExecuteAsync("update segments set applied_version = 0 where id = @Id", new { segment.Id }, ct);
        await work.CommitAsync(ct);
        return differing;
    }

    private const string CompareSql = """
        underway as (
            select d.origin_id as customer_id from dirty d
            union select g.root_id from dirty d join merges g on g.from_id = d.origin_id
            union select customer_id from due where at <= @now
            union select customer_id from staged where segment_id = @segment
        ),
        compared as (
            select count(*) filter (where a.customer_id is not null) as members,
                   count(*) filter (where a.customer_id is null or m.customer_id is null) as differing
            from (select customer_id from answers where is_member) a
            full join (select customer_id from memberships where segment_id = @segment) m using (customer_id)
            where customer_id not in (select customer_id from underway)
        )
        insert into shadow_recomputes (segment_id, at, members, differing)
        select s.id, @now, members, case when s.applied_version < s.version then 0 else differing end
        from compared, segments s where s.id = @segment
        on conflict (segment_id, at) do update set members = excluded.members, differing = excluded.differing
        returning differing
        """;
}
