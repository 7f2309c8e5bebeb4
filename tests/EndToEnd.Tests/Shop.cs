namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>The bodies that a shop's client library sends.</summary>
internal static class Shop
{
    public static object SignsUp(string userId, string email, DateTimeOffset at, bool consents = true) =>
        new
        {
            type = "identify",
            userId,
            messageId = "signup-" + userId,
            timestamp = at,
            traits = new { email, firstName = "Ada" },
            context = new { consent = new { categoryPreferences = new { email_marketing = consents } } },
        };

    public static object AddsToCart(string userId, string cartId, string productId, string name, DateTimeOffset at) =>
        new
        {
            type = "track",
            userId,
            @event = "Product Added",
            messageId = $"add-{cartId}-{productId}",
            timestamp = at,
            properties = new
            {
                cart_id = cartId,
                product_id = productId,
                name,
                price = 12.5,
                quantity = 1,
                url = "https://shop.example/" + productId,
            },
        };

    public static object Views(string userId, string productId, DateTimeOffset at) =>
        new
        {
            type = "track",
            userId,
            @event = "Product Viewed",
            messageId = $"view-{userId}-{productId}",
            timestamp = at,
            properties = new { product_id = productId },
        };

    public static object Orders(string userId, string orderId, DateTimeOffset at, params string[] products) =>
        new
        {
            type = "track",
            userId,
            @event = "Order Completed",
            messageId = "order-" + orderId,
            timestamp = at,
            properties = new
            {
                order_id = orderId,
                currency = "EUR",
                products = products.Select(id => new
                {
                    product_id = id,
                    name = "Product " + id,
                    price = 10,
                    quantity = 1,
                }),
            },
        };
}
