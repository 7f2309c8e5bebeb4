using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Carts;

namespace MarketingPlatform.Customers.Orders;

/// <param name="Lines">What came back; none: the whole order.</param>
/// <param name="Amount">As said; null where only the order tells.</param>
/// <param name="Currency">As said; null: that of the order.</param>
internal sealed record Refund(
    Guid CustomerId,
    string RefundId,
    string? OrderId,
    IReadOnlyList<CartLine> Lines,
    decimal? Amount,
    string? Currency,
    DateTimeOffset At,
    string? TraceParent
)
{
    /// <summary>
    /// What a refund gives back, as far as is known. A product without a price costs what it cost in the order. Of one order no more goes
    /// back than it cost: shops send that an order was cancelled and that it was refunded.
    /// </summary>
    /// <param name="order">The order it belongs to; null while nobody sent it.</param>
    /// <returns>Null while only the order can tell the amount.</returns>
    public Settled? Settle(RefundedOrder? order, string shopCurrency)
    {
        if (order is null)
        {
            var sum = Cart.Total(Lines);
            return Amount is null && sum == 0 && OrderId is not null ? null : new Settled(Lines, Amount ?? sum, Currency ?? shopCurrency);
        }
        var lines = Lines.Select(line => line.UnitPrice > 0 ? line : line with { UnitPrice = order.PriceOf(line.ProductId) }).ToArray();
        var currency = Currency ?? order.Currency;
        var amount = Amount ?? (lines.Length > 0 ? Cart.Total(lines) : order.Total);
        return new Settled(lines, currency == order.Currency ? Math.Min(amount, order.Remaining) : amount, currency);
    }
}

internal sealed record Settled(IReadOnlyList<CartLine> Lines, decimal Amount, string Currency);

/// <summary>What is known of an order that something is given back of.</summary>
/// <param name="GivenBack">By other refunds, in the order's currency.</param>
internal sealed record RefundedOrder(decimal Total, string Currency, IReadOnlyList<CartLine> Lines, decimal GivenBack)
{
    public decimal Remaining => Math.Max(0, Total - GivenBack);

    public decimal PriceOf(string product) => Lines.FirstOrDefault(line => line.ProductId == product)?.UnitPrice ?? 0;

    public RefundedOrder Less(Settled refund) => refund.Currency == Currency ? this with { GivenBack = GivenBack + refund.Amount } : this;
}
