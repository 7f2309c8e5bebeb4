namespace MarketingPlatform.Contracts.Customers;

/// <summary>A customer bought. An order is placed once, however often it is sent.</summary>
/// <param name="OrderId">The shop's id.</param>
/// <param name="Total">What the customer pays, in <paramref name="Currency"/>.</param>
/// <param name="CartId">The cart it came from, where known.</param>
/// <param name="Coupons">Codes redeemed with it, as the shop wrote them; null where it said nothing.</param>
public sealed record OrderPlaced(
    Guid CustomerId,
    string OrderId,
    IReadOnlyList<CartLine> Lines,
    decimal Total,
    string Currency,
    string? CartId,
    DateTimeOffset At,
    IReadOnlyList<string>? Coupons = null
);

/// <summary>Money went back to a customer: a refund, a cancellation, a return.</summary>
/// <param name="RefundId">Unique for each refund; one order can have several.</param>
/// <param name="OrderId">The order it belongs to, where the shop says so.</param>
/// <param name="Amount">Positive, in <paramref name="Currency"/>.</param>
public sealed record OrderRefunded(
    Guid CustomerId,
    string RefundId,
    string? OrderId,
    IReadOnlyList<CartLine> Lines,
    decimal Amount,
    string Currency,
    DateTimeOffset At
);
