using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Performance;

/// <param name="Hour">Null for a row of the whole day.</param>
/// <param name="Counts">False while the day that it belongs to is held.</param>
/// <param name="Superseded">A row of the whole day with another sum replaced it: it counts nowhere and tells only how the day went.</param>
internal sealed record PartView(
    DateOnly Date,
    int? Hour,
    string Channel,
    string? Campaign,
    string? AdSet,
    string? Creative,
    string? Segment,
    decimal Spend,
    string Currency,
    long Impressions,
    long Clicks,
    long Conversions,
    decimal? Value,
    long? Reach,
    bool Counts,
    bool Superseded,
    DateTimeOffset ArrivedAt
);

/// <summary><c>GET /api/v1/ads/performance/parts?date=</c>: what the day is made of where its feed tells by hour, ad set or creative.</summary>
internal static class ListParts
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/performance/parts", Handle)
            .RequireScope(Scope.Read)
            .WithName("listAdPerformanceParts")
            .WithSummary("Hours, ad sets and creatives of a day.");

    private static async Task<Results<Ok<Page<PartView>>, ProblemHttpResult>> Handle(
        string? date,
        int? limit,
        string? cursor,
        AdsDatabase db,
        ShopDay day,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        var on = day.Today;
        if (
            !string.IsNullOrEmpty(date)
            && !DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out on)
        )
            return Problem.Invalid(new FieldError("date", "Give a day as YYYY-MM-DD."));
        short hour = -2;
        if (
            !Cursor.TryRead(cursor, 6, out var after, out var badCursor)
            || (after is not null && !short.TryParse(after[5], CultureInfo.InvariantCulture, out hour))
        )
            return Problem.Invalid(badCursor);
        var rows = await db.QueryAsync<PartView>(
            Sql,
            new
            {
                on,
                Channel = after?[0] ?? "",
                Campaign = after?[1] ?? "",
                Segment = after?[2] ?? "",
                AdSet = after?[3] ?? "",
                Creative = after?[4] ?? "",
                hour,
                Take = take + 1,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of(rows, take, CursorAfter));
    }

    private static string CursorAfter(PartView row) =>
        Cursor.Encode(
            row.Channel,
            row.Campaign ?? "",
            row.Segment ?? "",
            row.AdSet ?? "",
            row.Creative ?? "",
            (row.Hour ?? Part.WholeDay).ToString(CultureInfo.InvariantCulture)
        );

    private const string Sql = """
        select date, nullif(hour, -1)::int as hour, channel, nullif(campaign, '') as campaign, nullif(ad_set, '') as ad_set,
            nullif(creative, '') as creative, nullif(segment, '') as segment, spend, currency, impressions, clicks, conversions, value,
            reach, counts, superseded, arrived_at
        from performance_parts p
        where date = @on
            and (p.channel, p.campaign, p.segment, p.ad_set, p.creative, p.hour) > (@Channel, @Campaign, @Segment, @AdSet, @Creative, @hour)
        order by p.channel, p.campaign, p.segment, p.ad_set, p.creative, p.hour
        limit @Take
        """;
}
