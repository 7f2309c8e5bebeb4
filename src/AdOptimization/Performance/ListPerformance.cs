using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Performance;

/// <param name="ArrivedAt">When this version of the row came.</param>
internal sealed record PerformanceView(
    DateOnly Date,
    string Channel,
    string? Campaign,
    string? Segment,
    decimal Spend,
    string Currency,
    long? Impressions,
    long? Clicks,
    long? Conversions,
    decimal? Value,
    DateTimeOffset ArrivedAt
);

/// <summary><c>GET /api/v1/ads/performance?from=&amp;to=</c>: both days included, newest day first.</summary>
internal static class ListPerformance
{
    private const string DayFormat = "yyyy-MM-dd";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/performance", Handle)
            .RequireScope(Scope.Read)
            .WithName("listAdPerformance")
            .WithSummary("Performance rows of a range of days, newest day first.");

    private static async Task<Results<Ok<Page<PerformanceView>>, ProblemHttpResult>> Handle(
        string? from,
        string? to,
        int? limit,
        string? cursor,
        AdsDatabase db,
        CancellationToken ct
    )
    {
        List<FieldError> errors = [];
        if (!Limit.TryRead(limit, out var take, out var limitError))
            errors.Add(limitError);
        if (!TryReadDay(from, out var first))
            errors.Add(new("from", "Give a day as YYYY-MM-DD."));
        if (!TryReadDay(to, out var last))
            errors.Add(new("to", "Give a day as YYYY-MM-DD."));
        var read = Cursor.TryRead(cursor, 4, out var after, out var badCursor);
        var afterDate = TryReadDay(after?[0], out var day) ? day : null;
        if (!read || (after is not null && afterDate is null))
            errors.Add(badCursor);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);

        var rows = await db.QueryAsync<PerformanceView>(
            Sql,
            new
            {
                From = first ?? DateOnly.MinValue.AddYears(1),
                To = last ?? DateOnly.MaxValue.AddYears(-1),
                AfterDate = afterDate ?? DateOnly.MaxValue.AddYears(-1),
                AfterChannel = after?[1] ?? "",
                AfterCampaign = after?[2] ?? "",
                AfterSegment = after?[3] ?? "",
                Take = take + 1,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of(rows, take, CursorAfter));
    }

    private static string CursorAfter(PerformanceView row) =>
        Cursor.Encode(row.Date.ToString(DayFormat, CultureInfo.InvariantCulture), row.Channel, row.Campaign ?? "", row.Segment ?? "");

    private static bool TryReadDay(string? text, out DateOnly? day)
    {
        var good = DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read);
        day = good ? read : null;
        return good || string.IsNullOrEmpty(text);
    }

    private const string Sql = """
        select date, channel, nullif(campaign, '') as campaign, nullif(segment, '') as segment, spend, currency, impressions, clicks,
            conversions, value, arrived_at
        from performance p
        where date between @From and @To
            and (date < @AfterDate
                or (date = @AfterDate and (p.channel, p.campaign, p.segment) > (@AfterChannel, @AfterCampaign, @AfterSegment)))
        order by p.date desc, p.channel, p.campaign, p.segment
        limit @Take
        """;
}
