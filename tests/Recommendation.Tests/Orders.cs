using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Recommendation.Tests;

/// <summary>Orders that tests place.</summary>
internal static class Orders
{
    public static readonly DateTimeOffset Day = new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero);

    private static int last;

    public static Guid NewCustomer() => Guid.CreateVersion7(Day);

    public static OrderPlaced Order(Guid customer, DateTimeOffset at, params string[] products) =>
        new(
            customer,
            "order-" + Interlocked.Increment(ref last),
            [.. products.Select(p => new CartLine(p, "The " + p, 1, 10))],
            10 * products.Length,
            "EUR",
            null,
            at
        );

    /// <summary>Twenty customers who bought all of <paramref name="products"/> together.</summary>
    public static OrderPlaced[] Bundle(params string[] products) =>
        [.. Enumerable.Range(0, 20).Select(n => Order(NewCustomer(), Day.AddHours(-n), products))];
}
