using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Traffic;

/// <summary>What a campaign cost and brought in some days, as the ad platform reports it.</summary>
internal sealed record ReportedCampaign(string Channel, string Campaign, decimal Spend, long? Clicks, long? Conversions, decimal? Value);

/// <summary>All that a report of some days is made from: visits and orders, beside what platforms report, in one currency.</summary>
/// <param name="End">The first instant after the days.</param>
internal sealed record AdReport(
    DayRange Range,
    string Currency,
    DateTimeOffset End,
    Visits Visits,
    IReadOnlyList<ReportedCampaign> Reported
);

/// <summary>Reads it, once for all who ask.</summary>
internal sealed class AdReports(AdsDatabase db, IOptions<Shop> shop, ShopDay day)
{
    /// <returns>The report, or what is wrong with the question.</returns>
    public async Task<(AdReport? Report, IReadOnlyList<FieldError> Errors)> ReadAsync(
        string? from,
        string? to,
        string? currency,
        CancellationToken ct
    )
    {
        if (!DayRange.TryRead(from, to, day.Today, currency, out var range, out var errors))
            return (null, errors);
        var money = (currency ?? shop.Value.Currency).ToUpperInvariant();
        await using var work = await db.BeginAsync(ct);
        var visits = await Visits.ReadAsync(work, range.From, range.To, money, day, ct);
        var args = new
        {
            range.From,
            range.To,
            money,
        };
        var reported = await work.QueryAsync<ReportedCampaign>(ReportedSql, args, ct);
        return (new(range, money, day.StartOf(range.To.AddDays(1)), visits, reported), []);
    }

    private const string ReportedSql = """
        select channel, campaign, sum(spend) as spend, sum(clicks)::bigint as clicks, sum(conversions)::bigint as conversions, sum(value) as value
        from performance
        where date between @From and @To and currency = @money
        group by channel, campaign
        """;
}
