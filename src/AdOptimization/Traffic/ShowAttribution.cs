using MarketingPlatform.Contracts;
using MarketingPlatform.Experimentation.Attribution;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Traffic;

/// <summary>A channel's revenue by each way of crediting it, beside what it caused where a hold-out measured that.</summary>
/// <param name="Reported">Value by the ad platform; null where it tells none.</param>
/// <param name="IncrementalFactor">What the newest hold-out of the channel says was caused, by what the platform reported.</param>
/// <param name="Incremental">Reported value times that factor.</param>
internal sealed record AttributedChannel(
    string Channel,
    decimal? Spend,
    decimal? Reported,
    double LastTouch,
    double Linear,
    double Markov,
    double Shapley,
    double LastTouchOrders,
    double MarkovOrders,
    double? RoiOfMarkov,
    double? IncrementalFactor,
    double? Incremental,
    double? IncrementalRoi,
    string? HoldOut
);

/// <param name="Orders">Orders that a visit preceded within 30 days.</param>
internal sealed record AttributionView(
    DateOnly From,
    DateOnly To,
    string Currency,
    int Orders,
    int PathsWithoutOrder,
    IReadOnlyList<AttributedChannel> Channels
);

/// <summary>
/// <c>GET /api/v1/ads/attribution?from=&amp;to=&amp;currency=</c>: orders of those days shared among the channels of the visits before them, by last
/// touch, linear, Markov chain and Shapley value, beside hold-outs. Only net visits count.
/// </summary>
internal static class ShowAttribution
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/attribution", Handle)
            .RequireScope(Scope.Read)
            .WithName("showAdAttribution")
            .WithSummary("Revenue by channel: last touch, linear, Markov, Shapley, beside what hold-outs say was caused.");

    private static async Task<Results<Ok<AttributionView>, ProblemHttpResult>> Handle(
        string? from,
        string? to,
        string? currency,
        AdsDatabase db,
        AdReports reports,
        CancellationToken ct
    )
    {
        var (report, errors) = await reports.ReadAsync(from, to, currency, ct);
        if (report is null)
            return Problem.Invalid([.. errors]);
        var measured = await db.QueryAsync<MeasuredFactor>(MeasuredSql, new { report.Currency }, ct);
        return TypedResults.Ok(Of(report, measured));
    }

    internal static AttributionView Of(AdReport report, IReadOnlyList<MeasuredFactor> measured)
    {
        var (visits, range) = (report.Visits, report.Range);
        var reported = report
            .Reported.GroupBy(r => r.Channel)
            .ToDictionary(
                c => c.Key,
                c => (Spend: c.Sum(r => r.Spend), Value: c.Any(r => r.Value is not null) ? c.Sum(r => r.Value) : null)
            );
        var factors = measured.ToDictionary(m => m.Channel);
        var valid = visits.Valid;
        string[] channels =
        [
            .. valid
                .SelectMany(v => v)
                .Select(v => v.Channel)
                .Union(reported.Keys)
                .Order(StringComparer.Ordinal)
                .Take(ShapleyAttribution.MostChannels),
        ];
        IAttributionModel[] models =
        [
            PositionalAttribution.Last(),
            PositionalAttribution.Linear(),
            new MarkovAttribution(),
            new ShapleyAttribution(),
        ];
        var orders = visits.Orders.Where(o => o.At < report.End).ToLookup(o => o.Person);
        var (credited, nulls) = (0, 0);
        foreach (var person in valid)
        {
            var since = DateTimeOffset.MinValue;
            foreach (var order in orders[person.Key])
            {
                // An order ends a path: the next begins after it.
                var path = PathOf(Visits.Before(order, valid).Where(v => v.At > since), channels);
                since = order.At;
                if (path.Length == 0)
                    continue;
                credited++;
                foreach (var model in models)
                    model.Add(path, 1, (double)Math.Max(0, order.Total), 0);
            }
            var open = PathOf(person.Where(v => v.At > since && v.Day >= range.From), channels);
            if (open.Length == 0)
                continue;
            nulls++;
            foreach (var model in models)
                model.Add(open, 0, 0, 1);
        }
        var credits = models.Select(m => credited > 0 ? m.Credits(channels.Length) : null).ToArray();
        return new(
            range.From,
            range.To,
            report.Currency,
            credited,
            nulls,
            [
                .. channels.Select(
                    (channel, i) =>
                    {
                        var told = reported.TryGetValue(channel, out var sums);
                        decimal? spend = told ? sums.Spend : null;
                        var value = told ? sums.Value : null;
                        var factor = factors.GetValueOrDefault(channel);
                        var markov = credits[2]?[i].Value ?? 0;
                        var caused = (double?)value * factor?.Factor;
                        return new AttributedChannel(
                            channel,
                            spend,
                            value,
                            credits[0]?[i].Value ?? 0,
                            credits[1]?[i].Value ?? 0,
                            markov,
                            credits[3]?[i].Value ?? 0,
                            credits[0]?[i].Conversions ?? 0,
                            credits[2]?[i].Conversions ?? 0,
                            By(markov, spend),
                            told ? factor?.Factor : null,
                            caused,
                            caused is { } money ? By(money, spend) : null,
                            told ? factor?.HoldOut : null
                        );
                    }
                ),
            ]
        );
    }

    private static double? By(double value, decimal? spend) => spend > 0 ? value / (double)spend.Value : null;

    private static int[] PathOf(IEnumerable<VisitSeen> visits, string[] channels) =>
        [.. visits.Select(v => Array.IndexOf(channels, v.Channel)).Where(i => i >= 0)];

    internal sealed record MeasuredFactor(string Channel, double Factor, string HoldOut);

    private const string MeasuredSql = """
        select distinct on (channel) channel, factor, name as hold_out
        from hold_outs
        where currency = @Currency and factor is not null
        order by channel, ends_on desc, id desc
        """;
}
