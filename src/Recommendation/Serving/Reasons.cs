using System.Globalization;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Models;

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
    public static (string Words, IReadOnlyList<ScoreContribution>? Because) OfModel(
        MappedModel model,
        (List<Seed> Seeds, List<HistoryItem> Items) asked,
        int slot,
        Shelf shelf
    )
    {
        if (model.Explain(asked.Items, slot) is not { } shares)
        {
            return ("Chosen for you", null);
        }
        var total = shares.Sum();
        var order = Enumerable.Range(0, shares.Length).OrderByDescending(entry => shares[entry]).Take(MostContributions).ToArray();
        return (
            Of(asked.Seeds[order[0]], shelf),
            total > 0
                ?
                [
                    .. order
                        .Where(entry => shares[entry] > 0)
                        .Select(entry => new ScoreContribution(asked.Seeds[entry].ProductId, Math.Round(shares[entry] / (double)total, 6))),
                ]
                : null
        );
    }
}
