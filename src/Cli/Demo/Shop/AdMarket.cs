namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>What a day of a channel's adverts for a segment cost and brought, as <c>POST /api/v1/ads/performance</c> takes it.</summary>
internal sealed record AdDay(
    DateOnly Date,
    string Channel,
    string Campaign,
    string Segment,
    decimal Spend,
    long Impressions,
    long Clicks,
    long Conversions,
    decimal Value
);

/// <summary>
/// The adverts of a small shop that spends the same everywhere: eight weeks of three channels for three segments. What a channel brings in a
/// segment has a ceiling and a spend that reaches half of it, both drawn from the seed, so that some cells deserve more and some less.
/// </summary>
internal static class AdMarket
{
    private const int Days = 56;
    private const double SpendOfACell = 30;
    private const double MeanOrder = 36;

    private static readonly (string Channel, double CostPerClick, double ClickRate)[] Channels =
    [
        ("search", 0.60, 0.040),
        ("social", 0.35, 0.012),
        ("display", 0.20, 0.003),
    ];

    // Keys of segments that every shop has.
    private static readonly string[] Segments = ["new", "lapsed", "rfm-champions"];

    /// <param name="last">The newest day that has figures.</param>
    public static IEnumerable<AdDay> Rows(int seed, DateOnly last)
    {
        for (var cell = 0; cell < Channels.Length * Segments.Length; cell++)
        {
            // Shoppers have the parts from 0 on.
            var chance = Chance.Of(seed, -1 - cell);
            var (channel, costPerClick, clickRate) = Channels[cell / Segments.Length];
            var ceiling = 2 + 8 * chance.Unit();
            var half = SpendOfACell * (0.3 + 2.2 * chance.Unit());
            for (var day = Days - 1; day >= 0; day--)
            {
                // Owners turn their budgets up and down; without that nobody could tell how a channel responds.
                var spend = Math.Round(SpendOfACell * Math.Exp(0.5 * chance.Normal() - 0.125), 2);
                var expected = spend / costPerClick;
                // So many that a normal spread serves.
                var clicks = Math.Max(0, (int)Math.Round(expected + Math.Sqrt(expected) * chance.Normal()));
                var conversions = Math.Min(clicks, chance.Poisson(ceiling * spend / (half + spend)));
                yield return new AdDay(
                    last.AddDays(-day),
                    channel,
                    "always-on",
                    Segments[cell % Segments.Length],
                    (decimal)spend,
                    (long)(clicks / clickRate) + chance.Between(0, 50),
                    clicks,
                    conversions,
                    (decimal)Math.Round(conversions * MeanOrder * Math.Exp(0.2 * chance.Normal() - 0.02), 2)
                );
            }
        }
    }
}
