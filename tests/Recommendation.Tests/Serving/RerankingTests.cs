using CsCheck;
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
    public void It_is_the_greedy_choice_by_the_formula() =>
        Gen.Select(
                Gen.Double[0.01, 1].Array[12],
                Gen.Int[0, 11].Array[0, 6],
                Gen.Int[0, 2].Select(n => new[] { 0.0, 0.1, 0.5 }[n]),
                Gen.Int[0, 2].Select(n => new[] { 0.0, 0.2, 0.4 }[n]),
                Gen.Int[1, 12]
            )
            .Sample(
                (scores, bought, diversity, calibration, count) =>
                {
                    var candidates = scores.OrderDescending().Select((score, slot) => new Pick(slot * 7 % 12, score, "model")).ToArray();
                    var history = Reranking.Spread([.. bought.Select(n => new Seed(Shelf[n].ProductId, SeedKind.Bought, 1))], Shelf);
                    var chosen = Reranking.Choose(candidates, Shelf, history, diversity, calibration, count);

                    var c = history.Count > 0 ? calibration : 0;
                    for (var place = 0; place < chosen.Count; place++)
                    {
                        var before = chosen.Take(place).ToArray();
                        var left = candidates.Except(before).ToArray();
                        Assert.Equal(left.Max(Value), Value(chosen[place]), 9);

                        double Value(Pick pick) =>
                            (1 - diversity - c) * pick.Score / candidates[0].Score
                            - diversity * before.Select(other => Likeness(pick, other)).Append(0).Max()
                            - c * history.Sum(wanted => wanted.Value * Math.Log(wanted.Value / Share(wanted.Key, wanted.Value, pick)));

                        double Share(string category, double wanted, Pick pick) =>
                            0.99 * before.Append(pick).Count(p => Shelf[p.Slot].Category == category) / (place + 1.0) + 0.01 * wanted;
                    }

                    static float Likeness(Pick a, Pick b) => Shelf.Content.Likeness(a.Slot, b.Slot);
                },
                iter: 2_000
            );

    [Fact]
    public void Calibration_makes_the_list_spread_over_categories_as_the_history_does()
    {
        var history = new Dictionary<string, double> { ["Tea"] = 0.25, ["Cups"] = 0.75 };

        var chosen = Reranking.Choose(Ranked, Shelf, history, diversity: 0, calibration: 0.8, 8);

        // By score alone it would be six teas and two cups.
        Assert.InRange(chosen.Count(pick => Shelf[pick.Slot].Category == "Cups"), 5, 6);
    }
}
