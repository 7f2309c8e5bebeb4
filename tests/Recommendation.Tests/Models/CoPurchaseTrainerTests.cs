using MarketingPlatform.Recommendation.Models;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class CoPurchaseTrainerTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    /// <summary>Four customers: A+B, A+B, A+B+C, C. So n(A) = n(B) = 3, n(C) = 2, n(A,B) = 3, n(A,C) = n(B,C) = 1.</summary>
    [Fact]
    public void Similarity_is_the_shrunk_cosine_computed_by_hand()
    {
        var model = Train(new CoPurchaseParameters(Shrinkage: 5, MinimumSupport: 1), ["A", "B", "C"], [0, 1], [0, 1], [0, 1, 2], [2]);

        var ofA = NeighboursOf(model, "A").ToArray();
        Assert.Equal([1, 2], ofA.Select(n => n.Product));
        Assert.Equal(3 / Math.Sqrt(9) * 3 / 8, ofA[0].Similarity, 6);
        Assert.Equal(1 / Math.Sqrt(6) * 1 / 6, ofA[1].Similarity, 6);
        Assert.Equal(ofA[1].Similarity, NeighboursOf(model, "C").ToArray()[0].Similarity, 6);
    }

    [Fact]
    public void A_pair_that_met_less_often_than_the_minimum_support_is_no_pair()
    {
        var model = Train(new CoPurchaseParameters(MinimumSupport: 2), ["A", "B", "C"], [0, 1], [0, 1], [0, 1, 2], [2]);

        Assert.Equal([1], NeighboursOf(model, "A").ToArray().Select(n => n.Product));
        Assert.Empty(NeighboursOf(model, "C").ToArray());
    }

    [Fact]
    public void Planted_bundles_are_each_others_nearest_neighbours()
    {
        var random = new Random(7);
        var ids = Enumerable.Range(0, 60).Select(p => "p" + p).ToArray();
        var customers = Enumerable.Range(0, 1_500).Select(_ => Customer(random)).ToArray();

        var model = Train(new CoPurchaseParameters(), ids, customers);

        var found = Enumerable.Range(0, 60).Count(p => NeighboursOf(model, "p" + p)[0].Product == (p ^ 1));
        Assert.True(found >= 58, $"Only {found} of 60 products found their partner.");

        // Products 2k and 2k + 1 belong together; best-sellers (low numbers) are in many baskets and must not be everybody's neighbour.
        static int[] Customer(Random random)
        {
            var basket = new HashSet<int>();
            for (var n = 0; n < 3; n++)
            {
                var product = (int)(60 * Math.Pow(random.NextDouble(), 2));
                basket.Add(product);
                if (random.NextDouble() < 0.6)
                {
                    basket.Add(product ^ 1);
                }
            }
            return [.. basket];
        }
    }

    [Fact]
    public void A_few_customers_who_bought_everything_make_no_pairs()
    {
        var ids = Enumerable.Range(0, 400).Select(p => "p" + p).ToArray();
        int[][] customers = [.. Enumerable.Repeat(Enumerable.Range(0, 400).ToArray(), 5), [0, 1], [0, 1], [0, 1]];

        var guarded = Train(new CoPurchaseParameters(), ids, customers);
        var unguarded = Train(new CoPurchaseParameters(FullWeightProducts: 1_000), ids, customers);

        Assert.Equal([1], NeighboursOf(guarded, "p0").ToArray().Select(n => n.Product));
        Assert.Empty(NeighboursOf(guarded, "p300").ToArray());
        Assert.Equal(50, NeighboursOf(unguarded, "p300").Length);
    }

    [Fact]
    public void Only_the_newest_products_of_a_heavy_customer_are_looked_at()
    {
        var parameters = new CoPurchaseParameters(MinimumSupport: 1, FullWeightProducts: 2, MaxProducts: 2);

        var model = Train(parameters, ["new", "newer", "old"], [0, 1, 2], [0, 1, 2]);

        Assert.Equal([1], NeighboursOf(model, "new").ToArray().Select(n => n.Product));
        Assert.Empty(NeighboursOf(model, "old").ToArray());
    }

    [Fact]
    public void Only_the_best_neighbours_are_kept_and_the_best_comes_first()
    {
        int[][] customers =
        [
            [0, 1],
            [0, 1],
            [0, 1],
            [0, 2],
            [0, 2],
            [0, 3],
        ];

        var model = Train(new CoPurchaseParameters(Neighbours: 2, MinimumSupport: 1), ["A", "B", "C", "D"], customers);

        Assert.Equal([1, 2], NeighboursOf(model, "A").ToArray().Select(n => n.Product));
    }

    [Fact]
    public void No_customers_one_customer_and_unknown_products_are_fine()
    {
        Assert.Empty(NeighboursOf(Train(new CoPurchaseParameters(), []), "A").ToArray());
        var model = Train(new CoPurchaseParameters(), ["A", "B"], [0, 1]);
        Assert.Empty(NeighboursOf(model, "A").ToArray());
        Assert.Empty(NeighboursOf(model, "nobody sells this").ToArray());
    }

    private static ReadOnlySpan<Neighbour> NeighboursOf(TrainedModel model, string id) =>
        model.TryNumber(id, out var number) ? ((NeighbourModel)model.Recommender).NeighboursOf(number) : [];

    private static TrainedModel Train(CoPurchaseParameters parameters, string[] ids, params int[][] customers)
    {
        var trainer = new CoPurchaseTrainer(parameters);
        foreach (var products in customers)
        {
            trainer.Add(products);
        }
        return new TrainedModel("test", ids, trainer.Train(ids.Length, Ct));
    }
}
