using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Customers.Carts;

/// <summary>One thing done to a cart.</summary>
/// <param name="Kind">add, remove, or content (the whole cart as it then was).</param>
internal sealed record CartTouch(Guid EventId, string Kind, IReadOnlyList<CartLine> Lines, DateTimeOffset At);

/// <summary>What a cart holds: the fold of its touches by event time, so that the order of arrival does not matter. No I/O.</summary>
internal static class Cart
{
    public static IReadOnlyList<CartLine> Fold(IEnumerable<CartTouch> touches)
    {
        var lines = new Dictionary<string, CartLine>();
        foreach (var touch in touches.OrderBy(touch => touch.At).ThenBy(touch => touch.EventId))
        {
            if (touch.Kind == "content")
                lines.Clear();
            foreach (var line in touch.Lines)
                Apply(lines, touch.Kind, line);
        }
        return [.. lines.Values];
    }

    private static void Apply(Dictionary<string, CartLine> lines, string kind, CartLine line)
    {
        var held = lines.GetValueOrDefault(line.ProductId);
        var quantity = (int)Math.Min(int.MaxValue, (held?.Quantity ?? 0L) + (kind == "remove" ? -line.Quantity : line.Quantity));
        if (quantity <= 0)
            lines.Remove(line.ProductId);
        else
            lines[line.ProductId] =
                kind == "remove" && held is not null ? held with { Quantity = quantity } : line with { Quantity = quantity };
    }

    public static decimal Total(IEnumerable<CartLine> lines) => lines.Sum(line => line.Quantity * line.UnitPrice);
}

/// <summary>What is to be done about a cart that lay untouched.</summary>
internal enum CartOutcome
{
    Wait,
    Abandoned,
    Expired,
}

internal static class CartDecision
{
    /// <param name="delay">How long a cart lies before it counts as abandoned.</param>
    /// <param name="maxAge">Older news triggers nothing.</param>
    public static CartOutcome Decide(DateTimeOffset touchedAt, TimeSpan delay, TimeSpan maxAge, DateTimeOffset now) =>
        now - touchedAt < delay ? CartOutcome.Wait
        : now - touchedAt > delay + maxAge ? CartOutcome.Expired
        : CartOutcome.Abandoned;
}
