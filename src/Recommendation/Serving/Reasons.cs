using System.Globalization;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Recommendation.Catalogue;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>Why a product is shown, in words that a customer may read, and in shares of the score. No I/O.</summary>
internal static class Reasons
{
    private const int MostContributions = 5;

    public static string Of(Seed because, Shelf shelf)
    {
        var slot = shelf.SlotOf(because.ProductId);
        var name = slot >= 0 ? shelf[slot].Name : because.ProductId;
        return because.Kind switch
        {
            SeedKind.InCart => $"Goes well with {name} in your cart",
            SeedKind.Bought => $"Because you bought {name}",
            SeedKind.AddedEarlier => $"Because you were interested in {name}",
            _ => $"Because you looked at {name}",
        };
    }

    public static string Again(double periodDays) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"You buy this about every {(periodDays < 14 ? periodDays : Math.Round(periodDays / 7)):0} {(periodDays < 14 ? "days" : "weeks")}"
        );

    /// <summary>The model's own account: the entry that adds most gives the words, the largest ones are told with their share.</summary>
    /// <param name="seeds">What the model was asked with.</param>
    /// <param name="shares">What each of them adds to the score; empty where the model cannot tell.</param>
    public static (string Words, IReadOnlyList<ScoreContribution>? Because) OfModel(
        List<Seed> seeds,
        ArraySegment<float> shares,
        int slot,
        Shelf shelf
    )
    {
        if (shares.Count == 0)
        {
            return ("Chosen for you", null);
        }
        var total = shares.Sum();
        // Bought several times, a product is told once.
        var order = Enumerable
            .Range(0, shares.Count)
            .GroupBy(entry => seeds[entry].ProductId)
            .Select(group => (Seed: seeds[group.First()], Share: group.Sum(entry => (double)shares[entry])))
            .OrderByDescending(entry => entry.Share)
            .Take(MostContributions)
            .ToArray();
        return (
            order[0].Seed.Kind == SeedKind.Bought && shelf.SlotOf(order[0].Seed.ProductId) == slot
                ? "You bought this before"
                : Of(order[0].Seed, shelf),
            total > 0
                ?
                [
                    .. order
                        .Where(entry => entry.Share > 0)
                        .Select(entry => new ScoreContribution(entry.Seed.ProductId, Math.Round(entry.Share / total, 6))),
                ]
                : null
        );
    }
}
