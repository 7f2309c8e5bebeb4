using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Serving;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class ProductFilterTests
{
    private static readonly ShelfProduct Tea = new()
    {
        ProductId = "t,1",
        Name = "Green tea",
        Category = "Tea",
        Categories = ["Food", "Tea"],
        Brand = "Leaf",
        Price = 12.5m,
        Attributes = """{"color":"green"}""",
    };

    [Theory]
    [InlineData("category:tea", true)]
    [InlineData("category:Food|Drinks", true)]
    [InlineData("!category:Food", false)]
    [InlineData("brand:leaf,price:10..20", true)]
    [InlineData("price:..10", false)]
    [InlineData("price:12.5", true)]
    [InlineData("attribute.color:green", true)]
    [InlineData("attribute.size:green", false)]
    [InlineData("id:\"t,1\"|x", true)]
    [InlineData("name:GREEN", true)]
    public void Products_match_as_the_line_says(string filter, bool expected) =>
        Assert.Equal(expected, ProductFilter.Parse(filter)!.Matches(Tea));

    [Theory]
    [InlineData("tea", "category:Tea")]
    [InlineData("colour:green", "attribute.NAME")]
    [InlineData("price:cheap", "price:10..50")]
    [InlineData("price:NaN", "price:10..50")]
    [InlineData("brand:", "names no value")]
    [InlineData("brand:\"Leaf", "does not close")]
    public void What_cannot_be_read_is_told_with_what_to_write(string filter, string says) =>
        Assert.Contains(says, Assert.Throws<BadFilterException>(() => ProductFilter.Parse(filter)).Message, StringComparison.Ordinal);
}
