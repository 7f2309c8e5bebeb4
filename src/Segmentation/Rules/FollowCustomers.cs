using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Segmentation.Segments;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>
/// Looks at the rules of those customers of whom something committed, and of those for whom time alone may have changed an answer. What has
/// just happened goes first; of the rest every portion takes a few along. Each change of membership is written and published in one transaction: exactly once a change.
/// </summary>
internal sealed class FollowCustomers(
    SegmentationDatabase db,
    SegmentRules rules,
    IOptions<SegmentationOptions> options,
    EvaluationTelemetry telemetry,
    TimeProvider clock
)
{
    /// <returns>How many customers were looked at; 0 when there was nothing to do or another instance is at it.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var stages = new Stages(telemetry, clock);
        await using var work = await db.BeginAsync(ct);
        if (!await work.QuerySingleAsync<bool>(FewSql + SegmentationDatabase.TryFollow, null, ct))
            return 0;
        var now = SegmentRules.Instant(clock.GetUtcNow());
        await work.ExecuteAsync(SegmentationDatabase.SharedWithErasure, null, ct);
        if (!await work.QuerySingleAsync<bool>(SomebodyAsksSql, null, ct))
        {
            await work.CommitAsync(ct);
            return 0;
        }
        // Taken away before anything is read: what commits later leaves a mark of its own.
        var ids = await work.QueryAsync<Guid>(
            ClaimSql,
            new
            {
                now,
                Limit = options.Value.CustomersPerTransaction,
                Bulk = options.Value.BulkPerTransaction,
            },
            ct
        );
        if (ids.Count == 0)
            return 0;
        stages.Done("claim");

        using var activity = telemetry.StartFollowing();
        var segments = await rules.ReadAsync(work, ct);
        var customers = await ReadFacts.ReadAsync(work, ids, RuleNeeds.Of(segments.Select(s => s.Rule)), now, ct);
        stages.Done("read");
        var evaluation = rules.Evaluation(segments);
        var wanted = new List<(Guid Segment, Guid Customer)>();
        var timers = new List<(Guid Customer, DateTimeOffset At)>();
        foreach (var customer in customers)
        {
            DateTimeOffset? next = null;
            foreach (var segment in segments)
            {
                var answer = evaluation.OfSegment(segment.Key, customer, now);
                if (answer.Is == true)
                    wanted.Add((segment.Id, customer.Id));
                if (answer.Until is { } until && (next is null || until < next))
                    next = until;
            }
            if (next is { } at)
                timers.Add((customer.Id, at));
        }

        stages.Done("evaluate");
        var changes = await work.QueryAsync<MembershipChange>(
            ApplySql,
            new
            {
                Ids = ids.ToArray(),
                WantedSegments = wanted.ConvertAll(w => w.Segment).ToArray(),
                WantedCustomers = wanted.ConvertAll(w => w.Customer).ToArray(),
                TimerCustomers = timers.ConvertAll(t => t.Customer).ToArray(),
                TimersAt = timers.ConvertAll(t => t.At.UtcDateTime).ToArray(),
                now,
            },
            ct
        );
        MembershipChange.Publish(work, changes, now);
        await work.CommitAsync(ct);
        stages.Done("apply");
        telemetry.Followed(ids.Count, changes.Count(c => c.Entered), changes.Count(c => !c.Entered));
        return ids.Count;
    }

    /// <summary>Measures stage after stage.</summary>
    private sealed class Stages(EvaluationTelemetry telemetry, TimeProvider clock)
    {
        private long began = clock.GetTimestamp();

        public void Done(string stage)
        {
            telemetry.Stage(stage, clock.GetElapsedTime(began));
            began = clock.GetTimestamp();
        }
    }

    // A few customers are looked up by index; without a word the planner would read whole tables for each portion.
    private const string FewSql = """
        set local jit = off; set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off;
        """;

    // A shop without a rule of its own looks at nobody. One statement: who adds a rule after its snapshot is computed over everybody later.
    private const string SomebodyAsksSql = """
        with
        asked as (select exists (select from segments where rule is not null) as by_a_rule),
        unread as (delete from dirty where not (select by_a_rule from asked)),
        unawaited as (delete from due where not (select by_a_rule from asked))
        select by_a_rule from asked
        """;

    private const string ClaimSql = """
        with
        fresh as (
            delete from dirty where id in (select id from dirty where not bulk order by id limit @Limit) returning origin_id
        ),
        bulk as (
            delete from dirty where id in (select id from dirty where bulk order by id limit @Bulk) returning origin_id
        ),
        late as (
            delete from due where customer_id in (select customer_id from due where at <= @now order by at limit @Bulk)
            returning customer_id
        ),
        named as (select origin_id as id from fresh union select origin_id from bulk union select customer_id from late)
        select id from named
        union
        select g.root_id from named join merges g on g.from_id = named.id
        """;

    // Who is no customer any more (merged away) belongs nowhere: nothing is wanted for them.
    private const string ApplySql = """
        with
        wanted as (
            select segment_id, customer_id from unnest(@WantedSegments::uuid[], @WantedCustomers::uuid[]) as w (segment_id, customer_id)
        ),
        held as (
            select m.segment_id, m.customer_id from memberships m join segments s on s.id = m.segment_id
            where m.customer_id = any (@Ids) and s.rule is not null and not s.deleting
        ),
        changes_now as materialized (
            select segment_id, customer_id, h.held is null as entered
            from (select *, true as wanted from wanted) w
            full join (select *, true as held from held) h using (segment_id, customer_id)
            where w.wanted is null or h.held is null
        ),
        gone as (
            delete from memberships m using changes_now c
            where not c.entered and m.segment_id = c.segment_id and m.customer_id = c.customer_id
        ),
        come as (
            insert into memberships (segment_id, customer_id, entered_at)
            select segment_id, customer_id, @now from changes_now where entered
        ),
        -- What a recompute found about these customers is older than what was found now.
        superseded as (delete from staged where customer_id = any (@Ids)),
        stopped as (delete from due where customer_id = any (@Ids) and customer_id <> all (@TimerCustomers)),
        timed as (
            insert into due (customer_id, at)
            select customer_id, at from unnest(@TimerCustomers::uuid[], @TimersAt::timestamptz[]) as t (customer_id, at)
            on conflict (customer_id) do update set at = excluded.at where due.at <> excluded.at
        ),
        touched as (update segments s set updated_at = @now where s.id in (select segment_id from changes_now))
        select c.segment_id, s.key, c.customer_id, c.entered from changes_now c join segments s on s.id = c.segment_id
        order by c.customer_id, c.segment_id
        """;
}

internal sealed record MembershipChange(Guid SegmentId, string Key, Guid CustomerId, bool Entered)
{
    public static void Publish(UnitOfWork work, IEnumerable<MembershipChange> changes, DateTimeOffset now)
    {
        foreach (var change in changes)
            if (change.Entered)
                work.Publish(new SegmentEntered(change.CustomerId, change.SegmentId, change.Key, now));
            else
                work.Publish(new SegmentLeft(change.CustomerId, change.SegmentId, change.Key, now));
    }
}
