using MarketingPlatform.Platform.Data;
using MarketingPlatform.Segmentation.Segments;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>
/// Answers a new or changed rule about everybody, set-based, and applies the differences in portions. Segments that ask for it are
/// recomputed with it. Also empties segments that are being deleted.
/// </summary>
internal sealed class RecomputeSegments(
    SegmentationDatabase db,
    SegmentRules rules,
    IOptions<SegmentationOptions> options,
    EvaluationTelemetry telemetry,
    TimeProvider clock
)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);
    private readonly Dictionary<Guid, DateTimeOffset> failed = [];

    /// <summary>Does one portion of what waits: a segment to compute, differences to apply, a segment to empty.</summary>
    /// <returns>Whether there was anything to do and no other instance was at it.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        if (!await db.QuerySingleAsync<bool>(WaitingSql, null, ct))
            return false;
        await using var work = await db.BeginAsync(ct);
        if (!await work.QuerySingleAsync<bool>(SegmentationDatabase.TryFollow, null, ct))
            return false;
        await work.ExecuteAsync(SegmentationDatabase.SharedWithErasure, null, ct);
        var now = SegmentRules.Instant(clock.GetUtcNow());
        if (!await ApplyAsync(work, now, ct) && !await StageAsync(work, now, ct) && !await EmptyAsync(work, now, ct))
            return false;
        await work.CommitAsync(ct);
        return true;
    }

    private async Task<bool> StageAsync(UnitOfWork work, DateTimeOffset now, CancellationToken ct)
    {
        var segments = await rules.ReadAsync(work, ct);
        var waiting = segments.Where(s => s.AppliedVersion < s.Version && failed.GetValueOrDefault(s.Id) <= now);
        if (waiting.FirstOrDefault() is not { } segment)
            return false;
        // One that cannot be computed must not hold up the others.
        failed[segment.Id] = now + PauseAfterFailure;
        await work.ExecuteAsync(PrepareSql, null, ct);
        var query = rules.Compile(segment.Rule, segments, now);
        query.Parameters.Add("segment", segment.Id);
        await work.ExecuteAsync($"with {query.With}, {StageSql}", query.Parameters, ct);
        await work.ExecuteAsync(AppliedSql, new { segment.Id, segment.Version }, ct);
        failed.Remove(segment.Id);
        return true;
    }

    private async Task<bool> ApplyAsync(UnitOfWork work, DateTimeOffset now, CancellationToken ct)
    {
        var changes = await work.QueryAsync<MembershipChange>(ApplySql, new { now, Limit = options.Value.ChangesPerTransaction }, ct);
        var published = changes.Where(c => c.Key.Length > 0).ToList();
        MembershipChange.Publish(work, published, now);
        telemetry.Followed(0, published.Count(c => c.Entered), published.Count(c => !c.Entered));
        return changes.Count > 0;
    }

    private async Task<bool> EmptyAsync(UnitOfWork work, DateTimeOffset now, CancellationToken ct)
    {
        var left = await work.QueryAsync<MembershipChange>(EmptySql, new { Limit = options.Value.ChangesPerTransaction }, ct);
        MembershipChange.Publish(work, left, now);
        if (left.Count > 0)
            return true;
        return await work.ExecuteAsync("delete from segments where deleting", null, ct) > 0;
    }

    private const string WaitingSql = """
        select exists (select from staged)
            or exists (select from segments where deleting or rule is not null and applied_version < version)
        """;

    // Compiling a plan would take longer than running it, and hashes of everybody should stay in memory.
    internal const string PrepareSql = "set local jit = off; set local work_mem = '256MB';";

    /// <summary>Rows that differ, and timers that are earlier than those known.</summary>
    private const string StageSql = """
        timed as (
            insert into due (customer_id, at)
            select a.customer_id, a.until from answers a left join due d using (customer_id)
            where a.until is not null and (d.at is null or d.at > a.until)
            on conflict (customer_id) do update set at = excluded.at
        ),
        old as (delete from staged where segment_id = @segment)
        insert into staged (segment_id, customer_id, entered)
        select @segment, customer_id, a.is_member is true
        from (select customer_id, is_member from answers where is_member) a
        full join (select customer_id from memberships where segment_id = @segment) m using (customer_id)
        where a.customer_id is null or m.customer_id is null
        on conflict (segment_id, customer_id) do update set entered = excluded.entered
        """;

    // Who asks for a segment that changed is asked again, in turn those who ask for them: an asking segment becomes out of date itself.
    private const string AppliedSql = "update segments set applied_version = @Version where id = @Id";

    // A difference that somebody else already applied is no change; it comes back without a key.
    private const string ApplySql = """
        with
        portion as (
            delete from staged where (segment_id, customer_id) in (select segment_id, customer_id from staged limit @Limit)
            returning segment_id, customer_id, entered
        ),
        come as (
            insert into memberships (segment_id, customer_id, entered_at)
            select segment_id, customer_id, @now from portion where entered
            on conflict do nothing returning segment_id, customer_id
        ),
        gone as (
            delete from memberships m using portion p
            where not p.entered and m.segment_id = p.segment_id and m.customer_id = p.customer_id
            returning m.segment_id, m.customer_id
        ),
        touched as (update segments s set updated_at = @now where s.id in (select segment_id from portion))
        select p.segment_id, coalesce(s.key, '') as key, p.customer_id, p.entered
        from portion p
        left join (select * from come union all select * from gone) changed using (segment_id, customer_id)
        left join segments s on s.id = changed.segment_id
        order by p.customer_id, p.segment_id
        """;

    private const string EmptySql = """
        with portion as (
            delete from memberships m using segments s
            where s.id = m.segment_id and s.deleting
              and (m.segment_id, m.customer_id) in (
                  select m.segment_id, m.customer_id from memberships m join segments s on s.id = m.segment_id
                  where s.deleting limit @Limit)
            returning m.segment_id, s.key, m.customer_id
        )
        select segment_id, key, customer_id, false as entered from portion order by customer_id
        """;
}
