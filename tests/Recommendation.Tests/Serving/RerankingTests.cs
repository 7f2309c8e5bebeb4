using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Serving;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class RerankingTests
{
    private static readonly Shelf Shelf = Shelf.Empty.With([
        .. Enumerable
            .Range(0, 6)
            .Select(n => new ShelfProduct
            {
                ProductId = "tea-" + n,
                Name = "Tea number" + n,
                Category = "Tea",
                Categories = ["Tea"],
            }),
        .. Enumerable
            .Range(0, 6)
            .Select(n => new ShelfProduct
            {
                ProductId = "cup-" + n,
                Name = "Cup sort" + n,
                Category = "Cups",
                Categories = ["Cups"],
            }),
    ]);

    // Six teas that score best, then six cups.
    private static readonly Pick[] Ranked = [.. Enumerable.Range(0, 12).Select(slot => new Pick(slot, 1 - 0.02 * slot, "model"))];

    private static readonly Dictionary<string, double> Nothing = [];

    [Fact]
    public void Without_diversity_and_calibration_the_order_stays() =>
        Assert.Equal(Ranked.Take(4), Reranking.Choose(Ranked, Shelf, Nothing, 0, 0, 4));

    [Fact]
    public void Diversity_brings_in_what_is_unlike_and_keeps_the_best_in_front()
    {
        var chosen = Reranking.Choose(Ranked, Shelf, Nothing, diversity: 0.5, calibration: 0, 4);

        Assert.Equal(0, chosen[0].Slot);
        Assert.Equal("Cups", Shelf[chosen[1].Slot].Category);
        Assert.Equal(4, chosen.DistinctBy(pick => pick.Slot).Count());
    }

    [Fact]
    public void Calibration_makes_the_list_spread_over_categories_as_the_history_does()
    {
        var history = new Dictionary<string, double> { ["Tea"] = 0.25, ["Cups"] = 0.75 };

        var chosen = Reranking.Choose(Ranked, Shelf, history, diversity: 0, calibration: 0.8, 8);

        // By score alone it would be six teas and two cups.
        Assert.InRange(chosen.Count(pick => Shelf[pick.Slot].Category == "Cups"), 5, 6);
    }
}
