using MarketingPlatform.Recommendation.Placements;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>Who votes, and what the model makes of them: asked for once, where it is needed.</summary>
internal sealed class Votes(MappedModel? model, IReadOnlyList<Seed> seeds)
{
    private readonly Lazy<AskedModel?> asked = new(() => model?.Ask(seeds), LazyThreadSafetyMode.None);

    public IReadOnlyList<Seed> Seeds => seeds;

    /// <value>Null where there is no model, and where it knows none of the seeds.</value>
    public AskedModel? Asked => asked.Value;
}

/// <summary>What a model is asked with, by the kind of placement. No I/O.</summary>
internal static class Asked
{
    private static readonly TimeSpan VisitEnds = TimeSpan.FromMinutes(30);
    private const int MostLines = 200;

    public static IReadOnlyList<Seed> Seeds(Question question, CustomerHistory history) =>
        question.Placement.Definition.Kind switch
        {
            // A visitor of whom no look is known is met as everywhere else.
            PlacementKind.Session when Visit(history, question.Context, question.Now) is { Count: > 0 } visit => visit,
            PlacementKind.NextBasket when question.State.Own(PlacementKind.NextBasket) is not null => Baskets(history),
            // What this placement is asked about lies in the cart, whatever it is called.
            PlacementKind.Cart => Ranking.Seeds(history, question.Context, question.HalfLife),
            _ => Ranking.Seeds(history, question.Request.InCart, question.HalfLife, question.Request.OnPage),
        };

    /// <summary>
    /// The visit, oldest first: what was looked at last, back to the first pause of half an hour, then the products of the page.
    /// </summary>
    public static IReadOnlyList<Seed> Visit(CustomerHistory history, IReadOnlyList<string> context, DateTimeOffset now)
    {
        var looks = new List<Seed>();
        var later = history.Interests.Count > 0 ? history.Interests[0].At : now;
        foreach (var look in history.Interests)
        {
            if (later - look.At > VisitEnds)
            {
                break;
            }
            later = look.At;
            if (!context.Contains(look.ProductId))
            {
                looks.Add(new Seed(look.ProductId, look.AddedToCart ? SeedKind.AddedEarlier : SeedKind.Viewed, 1, Seconds(look.At)));
            }
        }
        looks.Reverse();
        looks.AddRange(context.Select(product => new Seed(product, SeedKind.Viewed, 1, Seconds(now))));
        return looks;
    }

    /// <summary>Each purchase for itself, oldest first: what was bought three times stands there three times.</summary>
    public static IReadOnlyList<Seed> Baskets(CustomerHistory history) =>
        [
            .. history
                .Bought.SelectMany(purchase =>
                    (purchase.Newest ?? [purchase.At]).Select(at => new Seed(purchase.ProductId, SeedKind.Bought, 1, Seconds(at)))
                )
                .OrderBy(seed => seed.At)
                .TakeLast(MostLines),
        ];

    private static long Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds();
}
