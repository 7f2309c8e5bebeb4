using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Serving;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class RankingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan HalfLife = TimeSpan.FromDays(90);

    // tea – honey .4, tea – cup .2, coffee – cup .5, coffee – filter .3
    private static readonly TrainedModel Model = new(
        "m1",
        ["tea", "coffee", "honey", "cup", "filter"],
        new NeighbourModel(
            NeighbourModel.CoPurchase,
            [
                [new(2, 0.4f), new(3, 0.2f)],
                [new(3, 0.5f), new(4, 0.3f)],
                [new(0, 0.4f)],
                [new(1, 0.5f), new(0, 0.2f)],
                [new(1, 0.3f)],
            ]
        )
    );

    [Fact]
    public void Votes_add_up_and_the_biggest_contribution_gives_the_reason()
    {
        var candidates = Ranking.Vote(Model, [Bought("tea", 1), Bought("coffee", 1)], Set("tea", "coffee"), 10);

        Assert.Equal(["cup", "honey", "filter"], candidates.Select(c => c.ProductId));
        Assert.Equal(0.7, candidates[0].Score, 6);
        Assert.Equal("coffee", candidates[0].Because.ProductId);
    }

    [Fact]
    public void Excluded_products_never_appear() =>
        Assert.Equal(["honey"], Ranking.Vote(Model, [Bought("tea", 1)], Set("tea", "cup"), 10).Select(c => c.ProductId));

    [Fact]
    public void An_older_purchase_votes_less_whenever_it_is_asked_for()
    {
        var history = new CustomerHistory([new("tea", Now.AddYears(-3)), new("coffee", Now.AddYears(-3).AddDays(-90))], []);

        var seeds = Ranking.Seeds(history, [], HalfLife);

        Assert.Equal(1, seeds.Single(s => s.ProductId == "tea").Weight, 9);
        Assert.Equal(0.5, seeds.Single(s => s.ProductId == "coffee").Weight, 9);
    }

    [Fact]
    public void What_is_in_the_cart_votes_as_the_cart_even_when_it_was_bought_before()
    {
        var history = new CustomerHistory([new("tea", Now)], [new("tea", true, Now), new("cup", false, Now)]);

        var seeds = Ranking.Seeds(history, ["tea", "tea"], HalfLife);

        Assert.Equal([("tea", SeedKind.InCart), ("cup", SeedKind.Viewed)], seeds.Select(s => (s.ProductId, s.Kind)));
    }

    [Fact]
    public void A_history_of_unknown_products_yields_nothing() => Assert.Empty(Ranking.Vote(Model, [Bought("discontinued", 1)], Set(), 10));

    private static Seed Bought(string id, double weight) => new(id, SeedKind.Bought, weight);

    private static HashSet<string> Set(params string[] ids) => [.. ids];
}
