using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Segmentation.Rfm;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Segments;

/// <summary>
/// Brings scores and memberships up to date, over everybody and set-based, and publishes each entering and leaving in the transaction
/// that writes it: exactly once a change, however often and in whatever order the facts came.
/// </summary>
internal sealed class SegmentEvaluation(
    SegmentationDatabase db,
    IOptions<SegmentationOptions> options,
    IOptions<Shop> shop,
    EvaluationTelemetry telemetry,
    TimeProvider clock
)
{
    private readonly SegmentationOptions options = options.Value;

    /// <summary>Evaluates when something changed or the interval is over, and no other instance is at it.</summary>
    /// <returns>Whether this call completed an evaluation.</returns>
    public async Task<bool> RunIfDueAsync(CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var entered = 0;
        var left = 0;
        RfmBasis? basis = null;
        while (true)
        {
            var batch = await RunBatchAsync(basis, ct);
            if (batch is null)
                return false;
            basis = batch.Basis;
            entered += batch.Entered;
            left += batch.Left;
            if (batch.Complete)
            {
                telemetry.Evaluated(clock.GetElapsedTime(started), entered, left, basis.ForeignOrders);
                return true;
            }
        }
    }

    private sealed record Batch(int Entered, int Left, bool Complete, RfmBasis Basis);

    private sealed record Change(Guid SegmentId, string Key, Guid CustomerId, bool Entered);

    /// <param name="basis">What an earlier batch of this evaluation scored by; null in the first.</param>
    private async Task<Batch?> RunBatchAsync(RfmBasis? basis, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        if (!await work.QuerySingleAsync<bool>(SegmentationDatabase.TryEvaluate, null, ct))
            return null;
        // Deleted before anything is read: a fact that commits later leaves its own mark for the next evaluation.
        var changed = basis is null ? await work.ExecuteAsync("delete from changes", null, ct) : 0;
        var now = clock.GetUtcNow();
        var last = await work.QuerySingleOrDefaultAsync<DateTimeOffset?>("select computed_at from evaluations", null, ct);
        if (basis is null && changed == 0 && now - last < options.RecomputeInterval)
            return null;

        using var activity = telemetry.StartBatch();
        await work.ExecuteAsync(PrepareSql, null, ct);
        var ids = await BuiltInSegments.EnsureAsync(work, options, now, ct);
        basis ??= await RfmTable.RefreshAsync(work, shop.Value.TimeZone, ct);
        var changes = await ApplyAsync(work, ids, now, ct);
        foreach (var change in changes)
        {
            if (change.Entered)
                work.Publish(new SegmentEntered(change.CustomerId, change.SegmentId, change.Key, now));
            else
                work.Publish(new SegmentLeft(change.CustomerId, change.SegmentId, change.Key, now));
        }

        var complete = changes.Count < options.ChangesPerTransaction;
        if (complete)
        {
            await SegmentSizes.KeepAsync(work, now, ct);
            await work.ExecuteAsync(
                CompletedSql,
                new
                {
                    now,
                    basis.NewestOrderOn,
                    basis.Currency,
                    basis.ForeignOrders,
                },
                ct
            );
        }
        await work.CommitAsync(ct);
        var entered = changes.Count(c => c.Entered);
        return new Batch(entered, changes.Count - entered, complete, basis);
    }

    private Task<IReadOnlyList<Change>> ApplyAsync(
        UnitOfWork work,
        IReadOnlyDictionary<string, Guid> ids,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var cells = (
            from r in Enumerable.Range(1, 5)
            from f in Enumerable.Range(1, 5)
            from m in Enumerable.Range(1, 5)
            select (R: r, F: f, M: m, Segment: ids[RfmSegment.Of(r, f, m).Key])
        ).ToList();
        return work.QueryAsync<Change>(
            ApplySql,
            new
            {
                R = cells.ConvertAll(c => c.R).ToArray(),
                F = cells.ConvertAll(c => c.F).ToArray(),
                M = cells.ConvertAll(c => c.M).ToArray(),
                CellSegments = cells.ConvertAll(c => c.Segment).ToArray(),
                New = ids[BuiltInSegments.New],
                NewSince = now - options.NewWindow,
                Lapsed = ids[BuiltInSegments.Lapsed],
                LapsedBefore = now - options.LapsedAfter,
                Limit = options.ChangesPerTransaction,
                now,
            },
            ct
        );
    }

    // Compiling a plan would take longer than running it, and hashes of everybody should stay in memory.
    private const string PrepareSql = $"""
        {SegmentationDatabase.SharedWithErasure}
        set local jit = off;
        set local work_mem = '64MB';
        """;

    // A refunded order is still an order here: who ordered within the window was with us.
    private const string ApplySql = """
        with
        people as (
            select coalesce(g.root_id, c.origin_id) as customer_id,
                   min(c.first_seen_at) as first_seen_at, max(c.last_order_at) as last_order_at
            from customers c left join merges g on g.from_id = c.origin_id
            group by 1
        ),
        wanted as (
            select @New::uuid as segment_id, customer_id, true as wanted from people where first_seen_at > @NewSince
            union all
            select @Lapsed::uuid, customer_id, true from people where last_order_at <= @LapsedBefore
            union all
            select cell.segment_id, s.customer_id, true
            from rfm_scores s
            join unnest(@R::int[], @F::int[], @M::int[], @CellSegments::uuid[]) as cell (r, f, m, segment_id) using (r, f, m)
        ),
        changes_now as materialized (
            select segment_id, customer_id, w.wanted is not null as entered
            from wanted w
            full join (select * from memberships where segment_id in (select id from segments where rule is null)) m
                using (segment_id, customer_id)
            where w.wanted is null or m.entered_at is null
            order by customer_id, segment_id
            limit @Limit
        ),
        gone as (
            delete from memberships m using changes_now c
            where not c.entered and m.segment_id = c.segment_id and m.customer_id = c.customer_id
        ),
        come as (
            insert into memberships (segment_id, customer_id, entered_at)
            select segment_id, customer_id, @now from changes_now where entered
        ),
        asked as (
            -- Rules may ask for scores and for these segments.
            insert into dirty (origin_id, bulk) select distinct customer_id, true from changes_now
        ),
        touched as (
            update segments s set updated_at = @now where s.id in (select segment_id from changes_now)
        )
        select c.segment_id, s.key, c.customer_id, c.entered from changes_now c join segments s on s.id = c.segment_id
        """;

    private const string CompletedSql = """
        insert into evaluations (computed_at, newest_order_on, currency, foreign_orders)
        values (@now, @NewestOrderOn, @Currency, @ForeignOrders)
        on conflict (only_row) do update set
            computed_at = excluded.computed_at, newest_order_on = excluded.newest_order_on,
            currency = excluded.currency, foreign_orders = excluded.foreign_orders
        """;
}
