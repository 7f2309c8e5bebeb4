using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Recommendation.Catalogue;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Catalogue;

public sealed class ProductRulesTests
{
    private static readonly ProductUpsert Good = new(
        "p/1 ü",
        "Tea",
        "Drinks",
        3.5m,
        "EUR",
        "https://shop.example/p1",
        "https://shop.example/p1.jpg"
    );

    [Fact]
    public void A_good_product_passes() => Assert.Null(ProductRules.Refuse(Good));

    [Fact]
    public void A_product_needs_no_more_than_id_and_name() => Assert.Null(ProductRules.Refuse(new ProductUpsert("1", "Tea")));

    [Fact]
    public void Every_fault_is_named()
    {
        var reason = ProductRules.Refuse(
            new ProductUpsert("", " ", Price: -1, Currency: "euro", Url: "javascript:alert(1)", ImageUrl: "/relative")
        );

        Assert.NotNull(reason);
        foreach (var field in new[] { "productId", "name", "price", "currency", "url", "imageUrl" })
        {
            Assert.Contains(field + " ", reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("productId", "a\0b", "Tea")]
    [InlineData("name", "a", "Te\0a")]
    public void What_the_database_cannot_hold_is_refused(string field, string id, string name) =>
        Assert.StartsWith(field, ProductRules.Refuse(new ProductUpsert(id, name)), StringComparison.Ordinal);

    [Fact]
    public void Of_a_product_that_comes_twice_the_last_counts()
    {
        var (accepted, rejected) = UpsertProducts.Check([new("a", "first"), null, new("a", "last")]);

        Assert.Equal("last", Assert.Single(accepted).Name);
        Assert.Equal([0, 1], rejected.Select(r => r.Index));
        Assert.Contains("index 2", rejected[0].Reason, StringComparison.Ordinal);
    }
}
