using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Customers.Collect;

/// <summary>What a semantic e-commerce event means for carts and orders.</summary>
internal abstract record Commerce
{
    /// <param name="Kind">add, remove or content.</param>
    internal sealed record Touch(string Kind, string? CartId, IReadOnlyList<CartLine> Lines, string Currency) : Commerce;

    /// <param name="Coupons">From <c>coupon</c> (a code) or <c>coupons</c> (several); null where the event has neither.</param>
    internal sealed record Bought(
        string OrderId,
        string? CartId,
        IReadOnlyList<CartLine> Lines,
        decimal Total,
        string Currency,
        IReadOnlyList<string>? Coupons
    ) : Commerce;

    /// <param name="Currency">Null where the event does not say.</param>
    internal sealed record GivenBack(string OrderId, IReadOnlyList<CartLine> Lines, decimal? Amount, string? Currency) : Commerce;

    /// <summary>The event has the name of a semantic one and lacks what it needs; it is kept as behaviour only.</summary>
    internal sealed record Unusable(string Reason, string Detail) : Commerce;

    /// <returns>Null for events that are behaviour and nothing else.</returns>
    public static Commerce? Read(Call call, string shopCurrency)
    {
        if (call.Kind != "track" || call.Data is not { } data)
            return null;
        var said = CurrencyOf(data);
        var currency = said ?? shopCurrency;
        switch (call.Name!.Trim().ToLowerInvariant())
        {
            case "product added" or "wishlist product added to cart":
                return One(data, "add", currency);
            case "product removed":
                return One(data, "remove", currency);
            case "cart viewed" or "cart updated" or "checkout started":
                // Without a list of products these say only that somebody looked.
                return data.TryGetProperty("products", out var products) && products.ValueKind == JsonValueKind.Array
                    ? new Touch("content", Id(data, "cart_id", "checkout_id"), LinesOf(data), currency)
                    : null;
            // An update of an order that was never completed here is how we hear of it; of one that was, the shop's books decide.
            case "order completed" or "order updated":
                return Id(data, "order_id") is { } orderId
                    ? new Bought(
                        orderId,
                        Id(data, "cart_id", "checkout_id"),
                        LinesOf(data),
                        AmountOf(data, "total", "revenue", "value") ?? Sum(LinesOf(data)),
                        currency,
                        CouponsOf(data)
                    )
                    : new Unusable(
                        "order-without-id",
                        $"'{call.Name}' needs properties.order_id; it is kept as behaviour, not as an order."
                    );
            case "order refunded" or "order cancelled":
                return Id(data, "order_id") is { } refunded
                    ? new GivenBack(refunded, LinesOf(data), AmountOf(data, "total", "value", "revenue"), said)
                    : new Unusable(
                        "order-without-id",
                        $"'{call.Name}' needs properties.order_id; it is kept as behaviour, not as a refund."
                    );
            default:
                return null;
        }
    }

    /// <summary>The product an event is about, where it is about one.</summary>
    public static string? ProductOf(Call call) =>
        call.Data is { } data && call.Kind == "track" ? Id(data, "product_id", "productId", "sku") : null;

    /// <summary>Where something happened, where the event says so.</summary>
    public static string? ChannelOf(Call call) =>
        call.Data is { } data && Text(data, "channel") is { } channel ? channel.ToLowerInvariant()
        : call.Context is { } context && Text(context, "channel") is { } from ? from.ToLowerInvariant()
        : null;

    private static Commerce One(JsonElement data, string kind, string currency) =>
        Line(data) is { } line
            ? new Touch(kind, Id(data, "cart_id", "checkout_id"), [line], currency)
            : new Unusable(
                "product-without-id",
                "The event needs properties.product_id; it is kept as behaviour, the cart stays as it was."
            );

    private static CartLine[] LinesOf(JsonElement data) =>
        data.TryGetProperty("products", out var products) && products.ValueKind == JsonValueKind.Array
            ? [.. products.EnumerateArray().Where(p => p.ValueKind == JsonValueKind.Object).Select(Line).OfType<CartLine>()]
            : [];

    private static CartLine? Line(JsonElement product) =>
        Id(product, "product_id", "productId", "sku") is { } id
            ? new CartLine(
                id,
                Text(product, "name"),
                (int)Math.Clamp(AmountOf(product, "quantity") ?? 1, 1, 1_000_000),
                AmountOf(product, "price") ?? 0,
                Link(product, "url"),
                Link(product, "image_url", "imageUrl")
            )
            : null;

    private const int MaxCoupons = 20;

    private static List<string>? CouponsOf(JsonElement data)
    {
        List<string> codes = [];
        if (Id(data, "coupon") is { } single)
            codes.Add(single);
        if (data.TryGetProperty("coupons", out var several) && several.ValueKind == JsonValueKind.Array)
            codes.AddRange(
                several
                    .EnumerateArray()
                    .Where(code => code.ValueKind == JsonValueKind.String)
                    .Select(code => code.GetString()!.Trim())
                    .Where(code => code.Length is > 0 and <= 200)
                    .Take(MaxCoupons)
            );
        return codes.Count > 0 ? codes : null;
    }

    /// <summary>An ISO 4217 code, as three letters.</summary>
    private static string? CurrencyOf(JsonElement data) =>
        Text(data, "currency")?.Trim() is { Length: 3 } code && code.All(char.IsAsciiLetter) ? code.ToUpperInvariant() : null;

    private static decimal Sum(IEnumerable<CartLine> lines) => lines.Sum(line => line.Quantity * line.UnitPrice);

    private static decimal? AmountOf(JsonElement data, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (
                data.TryGetProperty(name, out var value)
                && (
                    value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount)
                    || value.ValueKind == JsonValueKind.String
                        && decimal.TryParse(value.GetString(), NumberStyles.Number, CultureInfo.InvariantCulture, out amount)
                )
                && amount is >= 0 and < 1_000_000_000_000m
            )
                return amount;
        return null;
    }

    private static string? Id(JsonElement data, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (data.TryGetProperty(name, out var value))
            {
                var id = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Text(data, name)?.Trim();
                if (!string.IsNullOrEmpty(id) && id.Length <= 200)
                    return id;
            }
        return null;
    }

    private static string? Link(JsonElement data, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Uri.TryCreate(Text(data, name), UriKind.Absolute, out var link) && link.Scheme is ("http" or "https"))
                return link.AbsoluteUri;
        return null;
    }

    private static string? Text(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
