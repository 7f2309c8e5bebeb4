using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>
/// Looks every hour at what members of running hold-outs bought, and for a few days after the end, because orders and reports come late;
/// <c>POST /api/v1/ads/audience-hold-outs/{id}/analyse</c> does so now. The factor is kept from the end on only.
/// </summary>
internal sealed class AnalyseAudienceHoldOuts(AdsDatabase db, ShopDay day, TimeProvider clock, ILogger<AnalyseAudienceHoldOuts> log)
    : BackgroundService
{
    private const int DaysAfter = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Ads + "/audience-hold-outs/{id:guid}/analyse", Handle)
            .RequireScope(Scope.Write)
            .WithName("analyseAdAudienceHoldOut")
            .WithSummary("Compares what exposed and held members bought until yesterday.");

    private static async Task<Results<Ok<AudienceHoldOutView>, ProblemHttpResult>> Handle(
        Guid id,
        AnalyseAudienceHoldOuts analyse,
        AdsDatabase db,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<AudienceHoldOutRow>($"{AudienceHoldOutRow.Select} where h.id = @id", new { id }, ct);
        if (rows is not [var row])
            return ListAudienceHoldOuts.NotFound(id);
        var (analysed, missing) = await analyse.RunAsync(row, ct);
        return analysed is null
            ? Problem.Of(409, "nothing-to-analyse", "There is nothing to compare yet", missing!)
            : TypedResults.Ok(analysed.ToView());
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Interval,
            db,
            RunDueAsync,
            e => log.LogError(e, "Hold-outs could not be analysed; trying again in {Interval}", Interval),
            clock,
            stoppingToken
        );

    internal async Task RunDueAsync(CancellationToken ct)
    {
        var due = await db.QueryAsync<AudienceHoldOutRow>(
            $"{AudienceHoldOutRow.Select} where starts_on < @Today and ends_on >= @Newest order by h.id",
            new { day.Today, Newest = day.Today.AddDays(-DaysAfter) },
            ct
        );
        foreach (var row in due)
            await RunAsync(row, ct);
    }

    /// <returns>The hold-out with its new result, or what is missing for one.</returns>
    internal async Task<(AudienceHoldOutRow? Analysed, string? Missing)> RunAsync(AudienceHoldOutRow row, CancellationToken ct)
    {
        var yesterday = day.Today.AddDays(-1);
        var until = row.EndsOn < yesterday ? row.EndsOn : yesterday;
        if (until < row.StartsOn)
            return (null, $"Its first day, {row.StartsOn:yyyy-MM-dd}, is not over yet.");
        var args = new
        {
            row.Id,
            row.Channel,
            row.Segment,
            row.Currency,
            row.StartsOn,
            until,
            Before = day.StartOf(row.StartsOn.AddDays(-row.DaysBefore)).UtcDateTime,
            Starts = day.StartOf(row.StartsOn).UtcDateTime,
            Ends = day.StartOf(until.AddDays(1)).UtcDateTime,
        };
        await using var work = await db.BeginAsync(ct);
        var members = await work.QueryAsync<MemberRevenue>(RevenueSql, args, ct);
        var facts = await work.QuerySingleAsync<AudienceFacts>(FactsSql, args, ct);
        var (result, missing) = AudienceAnalysis.Of(row, until, members, facts);
        if (result is null)
            return (null, missing);
        var analysed = row with { Result = JsonSerializer.Serialize(result, Json.Options), AnalysedAt = clock.GetUtcNow() };
        await work.ExecuteAsync(
            ResultSql,
            new
            {
                row.Id,
                analysed.Result,
                Factor = result.IsFinal ? result.Factor : null,
                FactorError = result.IsFinal ? result.FactorError : null,
                analysed.AnalysedAt,
            },
            ct
        );
        await work.CommitAsync(ct);
        return (analysed, null);
    }

    private const string People = """
        with people as (
            select coalesce(m.root_id, h.customer_id) as person, bool_or(h.held) as held, bool_or(h.held) <> bool_and(h.held) as both_parts
            from audience_hold_out_members h left join merges m on m.from_id = h.customer_id
            where h.hold_out_id = @Id
            group by 1
        ), ids as (
            select person, person as id from people
            union
            select p.person, m.from_id from people p join merges m on m.root_id = p.person
        )
        """;

    private const string RevenueSql = $"""
        {People}, bought as (
            select i.person, sum(o.total) filter (where o.at < @Starts) as before, sum(o.total) filter (where o.at >= @Starts) as during
            from ids i join ad_orders o on o.customer_id = i.id
            where o.at >= @Before and o.at < @Ends and o.currency = @Currency
            group by i.person
        )
        select p.held, coalesce(b.before, 0)::float8 as before, coalesce(b.during, 0)::float8 as during
        from people p left join bought b using (person)
        where not p.both_parts
        """;

    private const string FactsSql = $"""
        {People}, told as (
            select sum(spend) as spend, sum(value) as reported
            from performance
            where channel = @Channel and segment = @Segment and currency = @Currency and date between @StartsOn and @until
        )
        select told.spend, told.reported, (select count(*)::int from people where both_parts) as in_both_parts,
            (
                select count(distinct i.person)::int
                from ids i join people p using (person) join ad_visits v on v.customer_id = i.id
                where p.held and not p.both_parts and v.at >= @Starts and v.at < @Ends and not v.is_machine
                    and (v.source = @Channel or v.channel = @Channel)
            ) as leaked
        from told
        """;

    private const string ResultSql = """
        update audience_hold_outs set result = @Result::jsonb, factor = @Factor, factor_error = @FactorError, analysed_at = @AnalysedAt
        where id = @Id
        """;
}
