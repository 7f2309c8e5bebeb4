using System.Globalization;
using System.Numerics.Tensors;
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
            SeedKind.OnPage => $"Goes well with {name}",
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
    /// <param name="shares">What each entry asked with adds to the score; empty where the model cannot tell.</param>
    public static (string Words, IReadOnlyList<ScoreContribution>? Because) OfModel(
        AskedModel asked,
        ArraySegment<float> shares,
        int slot,
        Shelf shelf
    )
    {
        if (shares.Count == 0)
        {
            return ("Chosen for you", null);
        }
        // Bought several times, a product is told once: by its first entry.
        var sums = new double[shares.Count];
        var total = 0.0;
        for (var entry = 0; entry < sums.Length; entry++)
        {
            sums[asked.FirstOfProduct[entry]] += shares[entry];
            total += shares[entry];
        }
        var most = TensorPrimitives.IndexOfMax<double>(sums);
        var seed = asked.Seeds[most];
        var words = seed.Kind == SeedKind.Bought && shelf.SlotOf(seed.ProductId) == slot ? "You bought this before" : Of(seed, shelf);
        if (total <= 0)
        {
            return (words, null);
        }
        var because = new List<ScoreContribution>(MostContributions);
        for (; because.Count < MostContributions && sums[most] > 0; most = TensorPrimitives.IndexOfMax<double>(sums))
        {
            because.Add(new ScoreContribution(asked.Seeds[most].ProductId, Math.Round(sums[most] / total, 6)));
            sums[most] = 0;
        }
        return (words, because);
    }
}
