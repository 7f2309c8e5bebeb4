using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Recommendation.Feeds;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Feeds;

public sealed class FeedFieldsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 15, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_google_item_becomes_a_product_with_path_prices_pictures_and_attributes()
    {
        var product = Product(
            ("id", "T-1"),
            ("title", "Green tea"),
            ("product_type", "Food > Drinks > Tea"),
            ("price", "9.90 USD"),
            ("sale_price", "7.50 USD"),
            ("cost_of_goods_sold", "3 USD"),
            ("link", "https://shop.example/t1"),
            ("image_link", "https://shop.example/t1.jpg"),
            ("additional_image_link", "https://shop.example/a.jpg,https://shop.example/b.jpg"),
            ("availability", "in_stock"),
            ("brand", "Leaf"),
            ("color", "green")
        );

        Assert.Equal(("T-1", "Green tea", "Tea"), (product.ProductId, product.Name, product.Category));
        Assert.Equal(["Food", "Drinks", "Tea"], product.Categories!);
        Assert.Equal((9.90m, 7.50m, 3m, "USD"), (product.Price, product.SalePrice, product.Cost, product.Currency));
        Assert.Equal(["https://shop.example/a.jpg", "https://shop.example/b.jpg"], product.Images!);
        Assert.Equal("green", product.Attributes!["color"]);
        Assert.True(product.InStock);
    }

    [Theory]
    [InlineData("in stock", null, true)]
    [InlineData("in_stock", "0", true)]
    [InlineData("out of stock", "5", false)]
    [InlineData("preorder", null, false)]
    [InlineData(null, "0", false)]
    [InlineData(null, "3", true)]
    [InlineData(null, null, true)]
    public void Availability_decides_and_else_the_stock_does(string? availability, string? quantity, bool expected) =>
        Assert.Equal(expected, Product(("id", "a"), ("title", "A"), ("availability", availability), ("quantity", quantity)).InStock);

    [Fact]
    public void A_sale_price_counts_between_its_dates_only()
    {
        Assert.Equal(5, SaleOf("2026-11-01T00:00Z/2026-11-30T23:59Z"));
        Assert.Null(SaleOf("2026-12-01T00:00Z/2026-12-30T23:59Z"));
        Assert.Equal(5, SaleOf(null));

        static decimal? SaleOf(string? dates) =>
            Product(("id", "a"), ("title", "A"), ("price", "9"), ("sale_price", "5"), ("sale_price_effective_date", dates)).SalePrice;
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("1e400")]
    [InlineData("9,90 EUR")]
    [InlineData("nine euros")]
    public void A_price_that_cannot_be_read_is_told(string price) =>
        Assert.Contains(price, Assert.Throws<BadFieldException>(() => Product(("id", "a"), ("title", "A"), ("price", price))).Message);

    private static ProductUpsert Product(params (string Name, string? Value)[] fields) =>
        FeedFields.ToProduct(
            new FeedEntry(
                1,
                fields.Where(f => f.Value is not null).ToDictionary(f => FeedFields.Plain(f.Name), IReadOnlyList<string> (f) => [f.Value!])
            ),
            "EUR",
            Now
        );
}
