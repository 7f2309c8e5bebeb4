using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;

namespace MarketingPlatform.Email.Templates;

/// <summary>What a preview shows where a customer has nothing to show.</summary>
internal static class SampleModel
{
    public static Uri Unsubscribe(Shop shop) => new(shop.PublicUrl, Routes.Unsubscribe + "/preview");

    public static MailModel For(Shop shop)
    {
        CartLine[] lines = [new("sample-1", "First sample product", 2, 12.5m), new("sample-2", "Second sample product", 1, 39m)];
        return new(
            shop,
            "Ada",
            new CartContent(lines, lines.Sum(line => line.Quantity * line.UnitPrice), shop.Currency),
            [Product(shop, "sample-3", "Third sample product", 24m), Product(shop, "sample-4", "Fourth sample product", 18m)],
            Unsubscribe(shop)
        )
        {
            LastName = "Sample",
            CouponCode = "SAMPLE-CODE",
            Data = JsonSerializer.SerializeToElement(
                new
                {
                    product = new
                    {
                        name = "Sample product",
                        url = shop.SiteUrl.AbsoluteUri,
                        price = Money.Format(24, shop.Currency),
                    },
                    order = new { id = "1001" },
                    confirm_url = shop.SiteUrl.AbsoluteUri,
                }
            ),
        };
    }

    private static RecommendedProduct Product(Shop shop, string id, string name, decimal price) =>
        new(id, name, null, price, shop.Currency, null, null, 1, "Sample reason", "popularity");
}
