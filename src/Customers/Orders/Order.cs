using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Customers.Orders;

internal sealed record Order(
    Guid CustomerId,
    string OrderId,
    string? CartId,
    IReadOnlyList<CartLine> Lines,
    decimal Total,
    string Currency,
    DateTimeOffset At,
    string? TraceParent,
    IReadOnlyList<string>? Coupons = null
);
