namespace MarketingPlatform.Contracts.Customers;

/// <summary>One product in a cart or an order.</summary>
/// <param name="ProductId">The shop's id.</param>
/// <param name="Quantity">Pieces, 1 or more.</param>
/// <param name="UnitPrice">Price of one piece in the currency of the cart or order.</param>
public sealed record CartLine(string ProductId, string? Name, int Quantity, decimal UnitPrice, string? Url = null, string? ImageUrl = null);

/// <summary>A cart's content after a touch, whole. The reader keeps the latest by <paramref name="At"/>.</summary>
/// <param name="CartId">The shop's cart id, else made of customer and generation.</param>
public sealed record CartChanged(Guid CustomerId, string CartId, IReadOnlyList<CartLine> Lines, string Currency, DateTimeOffset At);

/// <summary>A cart lay untouched for the configured time and no order came since. Published once a cart.</summary>
/// <param name="Total">Sum of quantity × unit price.</param>
/// <param name="LastTouchedAt">Event time of the last touch.</param>
public sealed record CartAbandoned(
    Guid CustomerId,
    string CartId,
    IReadOnlyList<CartLine> Lines,
    decimal Total,
    string Currency,
    DateTimeOffset LastTouchedAt,
    DateTimeOffset At
);
