using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.AdOptimization.Creatives;

/// <summary>Tests and the decisions about them; whoever decides holds <see cref="AdsDatabase.ExclusiveForPerformance"/>.</summary>
internal static class CreativeStore
{
    /// <summary>Decides the running tests whose ad sets these parts are of.</summary>
    public static async Task DecideTouchedAsync(
        UnitOfWork work,
        IReadOnlyList<PartRow> parts,
        DateOnly today,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var sets = parts
            .Where(p => p.Part.Creative.Length > 0)
            .Select(p => (p.Row.Channel, p.Row.Campaign, p.Part.AdSet))
            .Distinct()
            .ToArray();
        if (sets.Length == 0)
            return;
        var tests = await work.QueryAsync<CreativeTestRow>(
            TouchedSql,
            new
            {
                Channels = sets.Select(s => s.Channel).ToArray(),
                Campaigns = sets.Select(s => s.Campaign).ToArray(),
                AdSets = sets.Select(s => s.AdSet).ToArray(),
            },
            ct
        );
        foreach (var test in tests.Select(t => t.ToTest()))
            await DecideAsync(work, test, await NewestAsync(work, test.Id, ct), "performance", today, now, ct);
    }

    public static async Task<IReadOnlyList<CreativeArm>> DecideAsync(
        UnitOfWork work,
        CreativeTest test,
        IReadOnlyList<CreativeArm> previous,
        string cause,
        DateOnly today,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var days = await work.QueryAsync<CreativeDay>(DaysSql, test, ct);
        var arms = CreativeDecision.Decide(test, days, previous, today);
        await work.ExecuteAsync(
            AddDecisionSql,
            new
            {
                Id = Guid.CreateVersion7(now),
                TestId = test.Id,
                cause,
                Arms = JsonSerializer.Serialize(arms, Json.Options),
                TraceId = Activity.Current?.TraceId.ToString(),
                now,
            },
            ct
        );
        return arms;
    }

    public static async Task<IReadOnlyList<CreativeArm>> NewestAsync(UnitOfWork work, Guid test, CancellationToken ct) =>
        await work.QuerySingleOrDefaultAsync<string>(NewestSql, new { test }, ct) is { } arms ? Read(arms) : [];

    public static IReadOnlyList<CreativeArm> Read(string? arms) =>
        arms is null ? [] : JsonSerializer.Deserialize<CreativeArm[]>(arms, Json.Options)!;

    public static async Task<CreativeTest?> FindAsync(UnitOfWork work, Guid id, CancellationToken ct) =>
        (
            await work.QuerySingleOrDefaultAsync<CreativeTestRow>($"select {Columns} from creative_tests where id = @id", new { id }, ct)
        )?.ToTest();

    public const string Columns =
        "id, name, channel, campaign, ad_set, metric, method, creatives, minimum_share, half_life_days, starts_on, seed, created_at, stopped_at";

    private const string TouchedSql = $"""
        select {Columns}
        from creative_tests
        join unnest(@Channels::text[], @Campaigns::text[], @AdSets::text[]) as s (channel, campaign, ad_set) using (channel, campaign, ad_set)
        where stopped_at is null
        order by id
        """;

    // Money of one currency only: the newest.
    private const string DaysSql = """
        with days as (
            select segment, creative, date, currency, sum(spend) as spend, sum(impressions)::bigint as impressions,
                sum(clicks)::bigint as clicks, sum(conversions)::bigint as conversions, sum(value) as value,
                case when bool_and(hour < 0) then sum(reach)::bigint end as reach
            from performance_parts
            where (channel, campaign, ad_set) = (@Channel, @Campaign, @AdSet) and creative = any(@Creatives) and date >= @StartsOn and counts
            group by segment, creative, date, currency
        )
        select segment, creative, date, spend, currency, impressions, clicks, conversions, value, reach
        from days
        where currency = (select currency from days order by date desc, currency limit 1)
        order by segment, creative, date
        """;

    private const string NewestSql = """
        select arms::text from creative_decisions where test_id = @test order by number desc limit 1
        """;

    private const string AddDecisionSql = """
        insert into creative_decisions (id, test_id, cause, arms, trace_id, decided_at)
        values (@Id, @TestId, @cause, @Arms::jsonb, @TraceId, @now)
        """;
}

/// <summary>As the table has it; by properties, because Dapper finds no constructor for an array.</summary>
internal sealed record CreativeTestRow
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string Channel { get; init; } = "";
    public string Campaign { get; init; } = "";
    public string AdSet { get; init; } = "";
    public string Metric { get; init; } = "";
    public string Method { get; init; } = "";
    public string[] Creatives { get; init; } = [];
    public double MinimumShare { get; init; }
    public double HalfLifeDays { get; init; }
    public DateOnly StartsOn { get; init; }
    public int Seed { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }

    /// <value>Of the newest decision, where it was asked for.</value>
    public string? Arms { get; init; }

    /// <inheritdoc cref="Arms"/>
    public DateTimeOffset? DecidedAt { get; init; }

    public CreativeTest ToTest() =>
        new(
            Id,
            Name,
            Channel,
            Campaign,
            AdSet,
            Metric,
            Method,
            Creatives,
            MinimumShare,
            HalfLifeDays,
            StartsOn,
            Seed,
            CreatedAt,
            StoppedAt
        );
}
