using System.Globalization;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Collect;

namespace MarketingPlatform.Customers.Imports;

/// <summary>One line of an order. A negative quantity is a return.</summary>
/// <param name="UserId">Null for a guest.</param>
internal sealed record OrderRow(
    string OrderId,
    string? UserId,
    string? Email,
    string? Country,
    string ProductId,
    string? ProductName,
    int Quantity,
    decimal UnitPrice,
    string? Currency,
    DateTimeOffset At
)
{
    /// <summary>Our columns, each with the names that common exports give it.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Columns = new Dictionary<string, string[]>
    {
        ["order"] = ["order_id", "invoice", "invoice_no", "order_number", "name"],
        ["customer"] = ["customer_id", "user_id"],
        ["email"] = ["customer_email", "e-mail"],
        ["country"] = ["shipping_country", "billing_country"],
        ["product"] = ["product_id", "sku", "stock_code", "lineitem_sku", "item_id"],
        ["product_name"] = ["description", "lineitem_name", "title"],
        ["quantity"] = ["qty", "lineitem_quantity"],
        ["price"] = ["unit_price", "lineitem_price"],
        ["currency"] = [],
        ["date"] = ["ordered_at", "order_date", "invoice_date", "created_at", "timestamp"],
    };

    public static readonly IReadOnlyList<string> Required = ["order", "product", "quantity", "price", "date"];

    /// <summary>As for events: sums of such prices stay within a decimal.</summary>
    private const decimal MaxPrice = 1_000_000_000_000m;

    /// <returns>The row, or the reason why it cannot be used.</returns>
    public static (OrderRow? Row, string? Reason) Read(CsvTable table, TimeZoneInfo zone)
    {
        if (table["order"] is not { } order)
            return (null, "no-order-id");
        if (table["product"] is not { } product)
            return (null, "no-product-id");
        if (new[] { order, product, table["customer"], table["email"] }.Any(id => id?.Length > ReadCall.MaxIdLength))
            return (null, "id-too-long");
        if (!decimal.TryParse(table["quantity"], NumberStyles.Number, CultureInfo.InvariantCulture, out var quantity))
            return (null, "bad-quantity");
        if (quantity == 0 || quantity != Math.Truncate(quantity) || Math.Abs(quantity) > 10_000_000)
            return (null, quantity == 0 ? "zero-quantity" : "bad-quantity");
        if (!decimal.TryParse(table["price"], NumberStyles.Number, CultureInfo.InvariantCulture, out var price))
            return (null, "bad-price");
        if (price < 0)
            return (null, "negative-price");
        if (price >= MaxPrice)
            return (null, "bad-price");
        if (Time(table["date"], zone) is not { } at)
            return (null, "bad-date");
        return (
            new OrderRow(
                order,
                Id(table["customer"]),
                table["email"],
                table["country"],
                product,
                table["product_name"],
                (int)quantity,
                price,
                table["currency"]?.ToUpperInvariant() is { Length: 3 } currency ? currency : null,
                at
            ),
            null
        );
    }

    public CartLine ToLine() => new(ProductId, ProductName, Math.Abs(Quantity), UnitPrice);

    /// <summary>Tools that read ids as numbers write them back as 17850.0: the same customer.</summary>
    private static string? Id(string? cell) =>
        cell is not null && cell.EndsWith(".0", StringComparison.Ordinal) && cell[..^2].All(char.IsAsciiDigit) ? cell[..^2] : cell;

    private static DateTimeOffset? Time(string? cell, TimeZoneInfo zone)
    {
        if (!DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return null;
        // A time without offset is the shop's local time.
        var hasOffset = cell!.EndsWith('Z') || (cell.Length > 16 && cell.AsSpan(11).IndexOfAny('+', '-') >= 0);
        if (at.Year is < 1970 or > 9000)
            return null;
        // Not ConvertTimeToUtc: it refuses the hour that a clock skips in spring, and files have it.
        return hasOffset ? at.ToUniversalTime() : new DateTimeOffset(at.DateTime, zone.GetUtcOffset(at.DateTime)).ToUniversalTime();
    }
}
