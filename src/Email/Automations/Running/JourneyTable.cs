using System.Collections.Immutable;
using System.Text.Json;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>Journeys in the database, read and written in sets.</summary>
internal static class JourneyTable
{
    public const string Columns = """
        j.id, j.automation, j.version, j.customer_id, j.key, j.generation, j.entered_at, j.triggered_at, j.data::text as data, j.trace_parent,
        j.node, j.node_at, j.wake_at, j.outcome, j.visits::text as visits, j.arms::text as arms
        """;

    internal sealed record Row(
        Guid Id,
        string Automation,
        int Version,
        Guid CustomerId,
        string Key,
        int Generation,
        DateTimeOffset EnteredAt,
        DateTimeOffset TriggeredAt,
        string Data,
        string? TraceParent,
        string? Node,
        DateTimeOffset? NodeAt,
        DateTimeOffset? WakeAt,
        string? Outcome,
        string? Visits,
        string? Arms
    )
    {
        public Journey ToJourney() =>
            new(
                Id,
                Automation,
                Version,
                CustomerId,
                Key,
                Generation,
                EnteredAt,
                TriggeredAt,
                JsonSerializer.Deserialize<JsonElement>(Data),
                TraceParent
            )
            {
                Node = Node,
                NodeAt = NodeAt,
                WakeAt = WakeAt,
                Outcome = Outcome,
                Visits = Visits is null
                    ? ImmutableSortedDictionary<string, int>.Empty
                    : JsonSerializer.Deserialize<ImmutableSortedDictionary<string, int>>(Visits)!,
                Arms = Arms is null
                    ? ImmutableSortedDictionary<string, string>.Empty
                    : JsonSerializer.Deserialize<ImmutableSortedDictionary<string, string>>(Arms)!,
            };
    }

    /// <summary>Writes where journeys now are, their stories and counts. The caller holds them, or they are new.</summary>
    public static async Task SaveAsync(
        UnitOfWork work,
        IReadOnlyList<Transition> transitions,
        IReadOnlySet<Guid> isNew,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (transitions.Count == 0)
            return;
        // Several events of one set may have moved the same journey: the last place is the place.
        var last = transitions.GroupBy(t => t.Journey.Id).Select(group => group.Last().Journey).ToArray();
        await WriteAsync(work, InsertSql, [.. last.Where(journey => isNew.Contains(journey.Id))], ct);
        await WriteAsync(work, UpdateSql, [.. last.Where(journey => !isNew.Contains(journey.Id))], ct);
        var lines = transitions.SelectMany(t => t.Trace.Select(line => (t.Journey, Line: line))).ToArray();
        await work.ExecuteAsync(
            """
            insert into journey_steps (journey_id, customer_id, node, kind, result, detail, at)
            select s.journey_id, s.customer_id, s.node, s.kind, s.result, s.detail, @Now
            from unnest(@Journeys::uuid[], @Customers::uuid[], @Nodes::text[], @Kinds::text[], @Results::text[], @Details::text[])
                with ordinality as s (journey_id, customer_id, node, kind, result, detail, place)
            order by s.place
            """,
            new
            {
                Now = now,
                Journeys = lines.Select(l => l.Journey.Id).ToArray(),
                Customers = lines.Select(l => l.Journey.CustomerId).ToArray(),
                Nodes = lines.Select(l => l.Line.Node).ToArray(),
                Kinds = lines.Select(l => l.Line.Kind).ToArray(),
                Results = lines.Select(l => l.Line.Result).ToArray(),
                Details = lines.Select(l => l.Line.Detail).ToArray(),
            },
            ct
        );
    }

    /// <summary>Counts by step; the last statement of a transaction, because everybody writes the same few rows.</summary>
    public static Task CountAsync(UnitOfWork work, IEnumerable<Transition> transitions, CancellationToken ct)
    {
        var counts = transitions
            .SelectMany(t =>
                t.Trace.Select(line =>
                    (t.Journey.Automation, t.Journey.Version, line.Node, line.Kind, Result: line.Kind == "exit" ? "exit" : line.Result)
                )
            )
            .GroupBy(key => key)
            .Select(group => (group.Key, Count: (long)group.Count()))
            .ToArray();
        return counts.Length == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                insert into journey_counts as c (automation, version, node, kind, result, count)
                select * from unnest(@Automations::text[], @Versions::int[], @Nodes::text[], @Kinds::text[], @Results::text[], @Counts::bigint[])
                    as n (automation, version, node, kind, result, count)
                order by 1, 2, 3, 4, 5
                on conflict (automation, version, node, kind, result) do update set count = c.count + excluded.count
                """,
                new
                {
                    Automations = counts.Select(c => c.Key.Automation).ToArray(),
                    Versions = counts.Select(c => c.Key.Version).ToArray(),
                    Nodes = counts.Select(c => c.Key.Node).ToArray(),
                    Kinds = counts.Select(c => c.Key.Kind).ToArray(),
                    Results = counts.Select(c => c.Key.Result).ToArray(),
                    Counts = counts.Select(c => c.Count).ToArray(),
                },
                ct
            );
    }

    private static Task WriteAsync(UnitOfWork work, string sql, Journey[] journeys, CancellationToken ct) =>
        journeys.Length == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                sql,
                new
                {
                    Ids = journeys.Select(j => j.Id).ToArray(),
                    Automations = journeys.Select(j => j.Automation).ToArray(),
                    Versions = journeys.Select(j => j.Version).ToArray(),
                    Customers = journeys.Select(j => j.CustomerId).ToArray(),
                    Keys = journeys.Select(j => j.Key).ToArray(),
                    Generations = journeys.Select(j => j.Generation).ToArray(),
                    Entered = journeys.Select(j => j.EnteredAt.ToUniversalTime()).ToArray(),
                    Triggered = journeys.Select(j => j.TriggeredAt.ToUniversalTime()).ToArray(),
                    Data = journeys.Select(j => j.Data.GetRawText()).ToArray(),
                    Traces = journeys.Select(j => j.TraceParent).ToArray(),
                    Nodes = journeys.Select(j => j.Node).ToArray(),
                    NodeTimes = journeys.Select(j => j.NodeAt?.ToUniversalTime()).ToArray(),
                    WakeTimes = journeys.Select(j => j.WakeAt?.ToUniversalTime()).ToArray(),
                    Outcomes = journeys.Select(j => j.Outcome).ToArray(),
                    Visits = journeys.Select(j => j.Visits.Count == 0 ? null : JsonSerializer.Serialize(j.Visits)).ToArray(),
                    Arms = journeys.Select(j => j.Arms.Count == 0 ? null : JsonSerializer.Serialize(j.Arms)).ToArray(),
                },
                ct
            );

    private const string InsertSql = """
        insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, trace_parent, node, node_at,
            wake_at, outcome, visits, arms)
        select id, automation, version, customer_id, key, generation, entered_at, triggered_at, data::jsonb, trace_parent, node, node_at,
            wake_at, outcome, visits::jsonb, arms::jsonb
        from unnest(@Ids::uuid[], @Automations::text[], @Versions::int[], @Customers::uuid[], @Keys::text[], @Generations::int[],
                @Entered::timestamptz[], @Triggered::timestamptz[], @Data::text[], @Traces::text[], @Nodes::text[], @NodeTimes::timestamptz[],
                @WakeTimes::timestamptz[], @Outcomes::text[], @Visits::text[], @Arms::text[])
            as j (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, trace_parent, node, node_at, wake_at,
                outcome, visits, arms)
        """;

    private const string UpdateSql = """
        update journeys set node = j.node, node_at = j.node_at, wake_at = j.wake_at, outcome = j.outcome, visits = j.visits::jsonb,
            arms = j.arms::jsonb
        from unnest(@Ids::uuid[], @Nodes::text[], @NodeTimes::timestamptz[], @WakeTimes::timestamptz[], @Outcomes::text[], @Visits::text[],
                @Arms::text[])
            as j (id, node, node_at, wake_at, outcome, visits, arms)
        where journeys.id = j.id
        """;
}
