using MarketingPlatform.Cli.Demo.Shop;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Demo.Shop;

public sealed class CatalogueTests
{
    private readonly Catalogue _catalogue = Catalogue.Generate(seed: 1);

    [Fact]
    public void It_has_300_different_products_in_12_categories()
    {
        Assert.Equal(300, _catalogue.Products.Count);
        Assert.Equal(300, _catalogue.Products.Select(product => product.Id).Distinct().Count());
        Assert.Equal(300, _catalogue.Products.Select(product => product.Name).Distinct().Count());
        Assert.Equal(300, _catalogue.Products.Select(product => product.Url).Distinct().Count());
        Assert.Equal(12, _catalogue.Products.Select(product => product.CategoryName).Distinct().Count());
    }

    [Fact]
    public void Prices_look_like_prices() =>
        Assert.All(
            _catalogue.Products,
            product =>
            {
                Assert.InRange(product.Price, 0.95m, 300m);
                Assert.Equal(product.Price, Math.Round(product.Price, 2));
            }
        );

    [Fact]
    public void Companions_are_other_products() =>
        Assert.All(
            _catalogue.Products,
            product =>
            {
                Assert.DoesNotContain(product.Index, product.Companions);
                Assert.All(product.Companions, companion => Assert.InRange(companion, 0, 299));
            }
        );

    [Fact]
    public void Every_product_is_fit_for_the_catalogue_of_the_platform() =>
        Assert.All(
            _catalogue.Products.Select(product => product.ToUpsert()),
            upsert =>
            {
                Assert.StartsWith("https://shop.example/products/", upsert.Url, StringComparison.Ordinal);
                Assert.StartsWith("https://shop.example/images/", upsert.ImageUrl, StringComparison.Ordinal);
                Assert.DoesNotContain(' ', upsert.Url!);
                Assert.Equal("EUR", upsert.Currency);
            }
        );

    [Fact]
    public void Another_seed_has_other_prices() =>
        Assert.NotEqual(
            _catalogue.Products.Select(product => product.Price),
            Catalogue.Generate(seed: 2).Products.Select(product => product.Price)
        );
}
