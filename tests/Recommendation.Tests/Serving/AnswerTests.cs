using MarketingPlatform.Recommendation.Serving;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class AnswerTests
{
    private static readonly Seed Tea = new("tea", SeedKind.Bought, 1);

    [Fact]
    public void Reasons_name_the_product_that_counted_most()
    {
        var known = Known(Product("tea", name: "Green tea"), Product("honey"), Product("cup"), Product("pot"), Product("spoon"));
        Candidate[] candidates =
        [
            new("honey", 0.9, Tea),
            new("cup", 0.8, Tea with { Kind = SeedKind.InCart }),
            new("pot", 0.7, Tea with { Kind = SeedKind.Viewed }),
            new("spoon", 0.6, new Seed("vanished", SeedKind.AddedEarlier, 1)),
        ];

        var items = Answer.Compose(candidates, known, [], 10);

        Assert.Equal(
            [
                "Because you bought Green tea",
                "Goes well with Green tea in your cart",
                "Because you looked at Green tea",
                "Because you were interested in vanished",
            ],
            items.Select(i => i.Reason)
        );
        Assert.All(items, i => Assert.Equal("co-purchase", i.Source));
    }

    [Fact]
    public void The_list_is_filled_up_with_best_sellers_that_score_below_every_vote()
    {
        var honey = Product("honey", popularity: 9);

        var items = Answer.Compose(
            [new("honey", 0.3, Tea)],
            Known(honey),
            [honey, Product("a", popularity: 5), Product("b", popularity: 0)],
            3
        );

        Assert.Equal(["honey", "a", "b"], items.Select(i => i.ProductId));
        Assert.Equal(["co-purchase", "popularity", "popularity"], items.Select(i => i.Source));
        Assert.Equal("Popular in our shop right now", items[1].Reason);
        Assert.Equal("From our range", items[2].Reason);
        Assert.True(items[0].Score > items[1].Score && items[1].Score > items[2].Score);
    }

    [Fact]
    public void A_product_out_of_stock_is_never_offered()
    {
        var items = Answer.Compose(
            [new("honey", 0.9, Tea), new("gone", 0.8, Tea)],
            Known(Product("honey", inStock: false)),
            [Product("a", inStock: false), Product("b", popularity: 1)],
            5
        );

        Assert.Equal(["b"], items.Select(i => i.ProductId));
    }

    [Fact]
    public void No_more_than_the_limit_and_nothing_from_an_empty_catalogue()
    {
        Assert.Single(Answer.Compose([new("a", 1, Tea), new("b", 0.5, Tea)], Known(Product("a"), Product("b")), [], 1));
        Assert.Empty(Answer.Compose([new("a", 1, Tea)], Known(), [], 4));
    }

    [Fact]
    public void Ids_that_cannot_be_products_are_left_out_of_the_cart() =>
        Assert.Equal(["ok", "Ünï 🍵"], GetRecommendations.Cart(["ok", null, "", "a\0b", new string('x', 201), "ok", "Ünï 🍵"]));

    private static OfferedProduct Product(string id, string? name = null, bool inStock = true, double popularity = 0) =>
        new(id, name ?? id, null, 9.5m, "EUR", null, null, inStock, popularity);

    private static Dictionary<string, OfferedProduct> Known(params OfferedProduct[] products) => products.ToDictionary(p => p.ProductId);
}
