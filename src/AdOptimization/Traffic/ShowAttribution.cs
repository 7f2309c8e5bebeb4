using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Experimentation.Attribution;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

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
        IOptions<Shop> shop,
        ShopDay day,
        CancellationToken ct
    )
    {
        if (!DayRange.TryRead(from, to, day.Today, currency, out var range, out var errors))
            return Problem.Invalid([.. errors]);
        var money = (currency ?? shop.Value.Currency).ToUpperInvariant();
        await using var work = await db.BeginAsync(ct);
        var visits = await Visits.ReadAsync(work, range.From, range.To, money, day, ct);
        var reported = await work.QueryAsync<ReportedRow>(
            ReportedSql,
            new
            {
                range.From,
                range.To,
                money,
            },
            ct
        );
        return TypedResults.Ok(Of(visits, reported, range, money, day.StartOf(range.To.AddDays(1))));
    }

    internal static AttributionView Of(
        Visits visits,
        IReadOnlyList<ReportedRow> reported,
        DayRange range,
        string currency,
        DateTimeOffset end
    )
    {
        var valid = visits.Valid;
        string[] channels =
        [
            .. valid
                .SelectMany(v => v)
                .Select(v => v.Channel)
                .Union(reported.Select(r => r.Channel))
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
        var orders = visits.Orders.Where(o => o.At < end).ToLookup(o => o.Person);
        var (credited, nulls) = (0, 0);
        foreach (var person in valid)
        {
            var since = DateTimeOffset.MinValue;
            foreach (var order in orders[person.Key])
            {
                // An order ends a path: the next begins after it.
                var path = PathOf(person.Where(v => v.At > since && v.At <= order.At && order.At - v.At <= Visits.Window), channels);
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
            currency,
            credited,
            nulls,
            [
                .. channels.Select(
                    (channel, i) =>
                    {
                        var row = reported.FirstOrDefault(r => r.Channel == channel);
                        var markov = credits[2]?[i].Value ?? 0;
                        var caused = row is { Value: { } value, Factor: { } factor } ? (double)value * factor : (double?)null;
                        return new AttributedChannel(
                            channel,
                            row?.Spend,
                            row?.Value,
                            credits[0]?[i].Value ?? 0,
                            credits[1]?[i].Value ?? 0,
                            markov,
                            credits[3]?[i].Value ?? 0,
                            credits[0]?[i].Conversions ?? 0,
                            credits[2]?[i].Conversions ?? 0,
                            By(markov, row?.Spend),
                            row?.Factor,
                            caused,
                            caused is { } money ? By(money, row?.Spend) : null,
                            row?.HoldOut
                        );
                    }
                ),
            ]
        );
    }

    private static double? By(double value, decimal? spend) => spend > 0 ? value / (double)spend.Value : null;

    private static int[] PathOf(IEnumerable<VisitSeen> visits, string[] channels) =>
        [.. visits.Select(v => Array.IndexOf(channels, v.Channel)).Where(i => i >= 0)];

    internal sealed record ReportedRow(string Channel, decimal Spend, decimal? Value, double? Factor, string? HoldOut);

    private const string ReportedSql = """
        select p.channel, p.spend, p.value, h.factor, h.name as hold_out
        from (
            select channel, sum(spend) as spend, sum(value) as value
            from performance
            where date between @From and @To and currency = @money
            group by channel
        ) p
        left join lateral (
            select factor, name from hold_outs
            where channel = p.channel and currency = @money and factor is not null
            order by ends_on desc, id desc limit 1
        ) h on true
        """;
}
