using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <param name="Revenue">Of the region that day, from whatever cause, in the hold-out's currency.</param>
/// <param name="Spend">On the channel there; null is none.</param>
internal sealed record HoldOutDay(DateOnly? Date, string? Region, decimal? Revenue, decimal? Spend);

/// <summary>Body of <c>POST /api/v1/ads/hold-outs/{id}/days</c>: up to 5,000 rows.</summary>
internal sealed record HoldOutDays(IReadOnlyList<HoldOutDay?>? Rows);

/// <summary>
/// <c>POST /api/v1/ads/hold-outs/{id}/days</c>: what regions bought, before and during; a later row of the same region and day corrects. All or
/// nothing: a test is not measured by half. Answers with the result so far.
/// </summary>
internal static class RecordHoldOutDays
{
    private const int Most = 5_000;
    private const decimal MostMoney = 1_000_000_000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Ads + "/hold-outs/{id:guid}/days", Handle)
            .RequireScope(Scope.Write)
            .WithName("recordAdHoldOutDays")
            .WithSummary("What the regions of a hold-out bought, day by day; answers with the result so far.");

    private static async Task<Results<Ok<HoldOutView>, ProblemHttpResult>> Handle(
        Guid id,
        HoldOutDays body,
        AdsDatabase db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        // Whoever analyses last has seen all rows.
        var found = await work.QuerySingleOrDefaultAsync<HoldOutRow>(
            $"select {HoldOutRow.Columns} from hold_outs where id = @id for update",
            new { id },
            ct
        );
        if (found is null)
            return PlanHoldOut.NotFound(id);
        if (Check(body, found.ToTest()) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        await work.ExecuteAsync(
            UpsertSql,
            new
            {
                id,
                Dates = body.Rows!.Select(r => r!.Date!.Value).ToArray(),
                Regions = body.Rows!.Select(r => r!.Region!.Trim()).ToArray(),
                Revenues = body.Rows!.Select(r => r!.Revenue!.Value).ToArray(),
                Spends = body.Rows!.Select(r => r!.Spend ?? 0).ToArray(),
            },
            ct
        );
        var days = await work.QueryAsync<RegionDay>(DaysSql, new { id }, ct);
        var reported = await work.QuerySingleAsync<decimal?>(ReportedSql, found, ct);
        var (result, _) = HoldOutAnalysis.Of(found.ToTest(), days, reported);
        var analysed = found with
        {
            Result = result is null ? null : JsonSerializer.Serialize(result, Json.Options),
            AnalysedAt = clock.GetUtcNow(),
        };
        await work.ExecuteAsync(
            ResultSql,
            new
            {
                id,
                analysed.Result,
                result?.Factor,
                result?.FactorError,
                analysed.AnalysedAt,
            },
            ct
        );
        await work.CommitAsync(ct);
        return TypedResults.Ok(analysed.ToView());
    }

    internal static List<FieldError> Check(HoldOutDays body, HoldOut test)
    {
        if (body.Rows is null or { Count: 0 })
            return [new("rows", "Send at least one row.")];
        if (body.Rows.Count > Most)
            return [new("rows", $"Send at most {Most} rows a request; this one has {body.Rows.Count}.")];
        List<FieldError> errors = [];
        var seen = new HashSet<(DateOnly, string)>();
        for (var i = 0; i < body.Rows.Count && errors.Count < 20; i++)
        {
            var reason = body.Rows[i] switch
            {
                null => "A row is missing here.",
                { Date: null } or { Region: null } or { Revenue: null } => "Give date, region and revenue.",
                { Region: { } region } when !test.Advertised.Contains(region.Trim()) && !test.Held.Contains(region.Trim()) =>
                    $"'{region}' is not a region of this hold-out.",
                { Revenue: < 0 or > MostMoney } => "revenue is negative or too large.",
                { Spend: < 0 or > MostMoney } => "spend is negative or too large.",
                { Date: var date } when date < test.StartsOn.AddDays(-test.DaysBefore) || date > test.EndsOn =>
                    $"date is not within {test.StartsOn.AddDays(-test.DaysBefore):yyyy-MM-dd} to {test.EndsOn:yyyy-MM-dd}.",
                { Date: { } date, Region: { } region } when !seen.Add((date, region.Trim())) => "The same region and day comes twice.",
                _ => null,
            };
            if (reason is not null)
                errors.Add(new($"rows[{i}]", reason));
        }
        return errors;
    }

    private const string UpsertSql = """
        insert into hold_out_days (hold_out_id, date, region, revenue, spend)
        select @id, r.* from unnest(@Dates::date[], @Regions::text[], @Revenues::numeric[], @Spends::numeric[]) as r
        on conflict (hold_out_id, region, date) do update set revenue = excluded.revenue, spend = excluded.spend
        """;

    private const string DaysSql = "select date, region, revenue, spend from hold_out_days where hold_out_id = @id";

    private const string ReportedSql = """
        select sum(value) from performance where channel = @Channel and currency = @Currency and date between @StartsOn and @EndsOn
        """;

    private const string ResultSql = """
        update hold_outs set result = @Result::jsonb, factor = @Factor, factor_error = @FactorError, analysed_at = @AnalysedAt where id = @id
        """;
}
