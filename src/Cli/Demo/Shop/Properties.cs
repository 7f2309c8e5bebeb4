using System.Globalization;
using System.Text.Json.Nodes;

namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>Bodies of the calls, in the words of Segment's e-commerce specification.</summary>
internal static class Properties
{
    public static JsonObject Of(Product product, int quantity = 1) =>
        new()
        {
            ["product_id"] = product.Id,
            ["name"] = product.Name,
            ["category"] = product.CategoryName,
            ["price"] = product.Price,
            ["quantity"] = quantity,
            ["url"] = product.Url,
            ["image_url"] = product.ImageUrl,
            ["currency"] = Catalogue.Currency,
        };

    public static JsonObject InCart(Product product, int quantity, string cartId)
    {
        var properties = Of(product, quantity);
        properties["cart_id"] = cartId;
        return properties;
    }

    public static JsonObject Cart(string cartId, IEnumerable<BasketLine> lines) =>
        new()
        {
            ["cart_id"] = cartId,
            ["currency"] = Catalogue.Currency,
            ["products"] = Products(lines),
        };

    public static JsonObject Order(string orderId, string cartId, IReadOnlyList<BasketLine> lines)
    {
        var goods = lines.Sum(line => line.Amount);
        var shipping = goods < 40 ? 3.95m : 0m;
        return new JsonObject
        {
            ["order_id"] = orderId,
            ["cart_id"] = cartId,
            ["total"] = goods + shipping,
            ["shipping"] = shipping,
            ["currency"] = Catalogue.Currency,
            ["products"] = Products(lines),
        };
    }

    public static JsonObject Refund(string orderId, IReadOnlyList<BasketLine> lines) =>
        new()
        {
            ["order_id"] = orderId,
            ["total"] = lines.Sum(line => line.Amount),
            ["currency"] = Catalogue.Currency,
            ["products"] = Products(lines),
        };

    public static JsonObject Traits(Shopper shopper) =>
        new()
        {
            ["email"] = shopper.Email,
            ["firstName"] = shopper.FirstName,
            ["lastName"] = shopper.LastName,
            ["birthday"] = shopper.Birthday.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["gender"] = shopper.Gender,
            ["country"] = shopper.Place.Country,
            ["city"] = shopper.City,
            ["address"] = new JsonObject { ["country"] = shopper.Place.Country, ["city"] = shopper.City },
            ["language"] = shopper.Place.Language,
            ["timezone"] = shopper.Place.TimeZone,
        };

    public static JsonObject Context(Shopper shopper, bool allowsEmail, bool allowsProfiling) =>
        new()
        {
            ["locale"] = shopper.Place.Language,
            ["timezone"] = shopper.Place.TimeZone,
            ["consent"] = new JsonObject
            {
                ["categoryPreferences"] = new JsonObject { ["email_marketing"] = allowsEmail, ["profiling"] = allowsProfiling },
            },
        };

    private static JsonArray Products(IEnumerable<BasketLine> lines) =>
        [.. lines.Select(line => (JsonNode)Of(line.Product, line.Quantity))];
}

internal readonly record struct BasketLine(Product Product, int Quantity)
{
    public decimal Amount => Product.Price * Quantity;
}
