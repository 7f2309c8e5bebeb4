using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Traffic;

/// <summary>A campaign over the days asked about: what the shop's own site saw, beside what the ad platform reports.</summary>
/// <param name="Gross">Visits that adverts led to, all of them.</param>
/// <param name="Net">Those that an interested person made; the others by reason.</param>
/// <param name="Orders">Credited to the last net visit of the person within 30 days before, by UTM or click id.</param>
/// <param name="ReportedClicks">By performance rows; null where there is none.</param>
internal sealed record TrafficRow(
    string Channel,
    string? Campaign,
    long Gross,
    long Net,
    long Crawlers,
    long RepeatedIds,
    long Bursts,
    long ImpossibleRates,
    long Orders,
    decimal Revenue,
    decimal? Spend,
    long? ReportedClicks,
    long? ReportedConversions,
    decimal? ReportedValue
);

internal sealed record TrafficView(DateOnly From, DateOnly To, string Currency, IReadOnlyList<TrafficRow> Items);

/// <summary><c>GET /api/v1/ads/traffic?from=&amp;to=&amp;currency=</c>: gross and net visits, and the orders joined to them.</summary>
internal static class ShowTraffic
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/traffic", Handle)
            .RequireScope(Scope.Read)
            .WithName("showAdTraffic")
            .WithSummary("Visits that adverts led to, gross and net of invalid ones, with the orders joined to them.");

    private static async Task<Results<Ok<TrafficView>, ProblemHttpResult>> Handle(
        string? from,
        string? to,
        string? currency,
        AdReports reports,
        CancellationToken ct
    )
    {
        var (report, errors) = await reports.ReadAsync(from, to, currency, ct);
        return report is null
            ? Problem.Invalid([.. errors])
            : TypedResults.Ok(new TrafficView(report.Range.From, report.Range.To, report.Currency, Rows(report)));
    }

    internal static IReadOnlyList<TrafficRow> Rows(AdReport report)
    {
        var (visits, from) = (report.Visits, report.Range.From);
        var orders = Credit(visits).Where(c => c.Visit.Day >= from).ToLookup(c => (c.Visit.Channel, c.Visit.Campaign));
        var seen = visits.Judged.Where(j => j.Visit.Day >= from).ToLookup(j => (j.Visit.Channel, j.Visit.Campaign), j => j.Invalid);
        var told = report.Reported.ToDictionary(r => (r.Channel, r.Campaign));
        return
        [
            .. seen.Select(s => s.Key)
                .Union(told.Keys)
                .Order()
                .Select(key =>
                {
                    var (of, reported) = (seen[key], told.GetValueOrDefault(key));
                    return new TrafficRow(
                        key.Channel,
                        key.Campaign is "" ? null : key.Campaign,
                        of.Count(),
                        of.Count(i => i is null),
                        of.Count(i => i == InvalidTraffic.Crawler),
                        of.Count(i => i == InvalidTraffic.RepeatedId),
                        of.Count(i => i == InvalidTraffic.Burst),
                        of.Count(i => i == InvalidTraffic.ImpossibleRate),
                        orders[key].Count(),
                        orders[key].Sum(o => o.Order.Total),
                        reported?.Spend,
                        reported?.Clicks,
                        reported?.Conversions,
                        reported?.Value
                    );
                }),
        ];
    }

    /// <returns>Each order that a valid visit preceded within the window, with the last one.</returns>
    private static IEnumerable<(OrderSeen Order, VisitSeen Visit)> Credit(Visits visits)
    {
        var valid = visits.Valid;
        foreach (var order in visits.Orders)
            if (Visits.Before(order, valid).LastOrDefault() is { } visit)
                yield return (order, visit);
    }
}
