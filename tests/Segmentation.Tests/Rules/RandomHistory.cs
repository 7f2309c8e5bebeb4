using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Contracts.Recommendation;

namespace MarketingPlatform.Segmentation.Tests.Rules;

/// <summary>
/// What may happen to a few customers within two months: odd quantities, refunds before or without orders, several currencies, clocks that
/// run ahead, merges and their undoing.
/// </summary>
internal sealed class RandomHistory(Random random, DateTimeOffset now, int customers)
{
    private int orders;

    public IReadOnlyList<Guid> Customers { get; } = [.. Enumerable.Range(0, customers).Select(_ => Guid.CreateVersion7(now))];

    public IReadOnlyList<object> Next(int facts) => [.. Enumerable.Range(0, facts).Select(_ => Fact())];

    private object Fact() =>
        random.Next(20) switch
        {
            0 or 1 => Profile(),
            2 => new ConsentChanged(Who(), Pick(["email_marketing", "profiling"]), random.Next(3) > 0, "form", At()),
            3 or 4 or 5 => Order(),
            6 => new OrderRefunded(Who(), $"r{random.Next(40)}", $"o{random.Next(30)}", [], random.Next(1, 100), Currency(), At()),
            7 => random.Next(2) == 0 ? new CustomersMerged(Who(), Who(), At()) : new CustomersUnmerged(Who(), Who(), At()),
            8 => new ProductChanged(Pick(RandomRules.Products), random.Next(100), "x", Category(), 1, "EUR", null, null, true, At()),
            9 => new EmailsSent([
                .. Enumerable
                    .Range(0, random.Next(1, 4))
                    .Select(_ => new SentEmail(Guid.CreateVersion7(), Who(), "welcome", "Hello", At())),
            ]),
            10 => new EmailOpened(Guid.CreateVersion7(), Guid.CreateVersion7(), Who(), "welcome", Pick(["human", "scanner"]), At()),
            _ => new BehaviourBatch([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Event())]),
        };

    private CustomerProfileChanged Profile()
    {
        var at = At();
        return new(
            Who(),
            random.Next(1, 1000),
            null,
            random.Next(2) == 0 ? "a@b.example" : null,
            null,
            null,
            random.Next(3) == 0 ? null : random.Next(10, 80),
            null,
            random.Next(3) == 0 ? null : Pick(RandomRules.Countries),
            null,
            null,
            null,
            at,
            at
        );
    }

    private OrderPlaced Order()
    {
        // Sometimes a second copy of an order, with other content or of another customer.
        var id = $"o{(random.Next(5) == 0 ? random.Next(30) : orders++)}";
        var lines = Enumerable
            .Range(0, random.Next(0, 4))
            .Select(_ => new CartLine(Pick(RandomRules.Products), null, random.Next(-1, 4), random.Next(0, 80) / 2m));
        return new OrderPlaced(Who(), id, [.. lines], random.Next(-10, 200) / 2m, Currency(), null, At());
    }

    private BehaviourEvent Event()
    {
        var properties = new Dictionary<string, object?>();
        if (random.Next(3) > 0)
            properties["Price"] = random.Next(8) == 0 ? "dear" : random.Next(0, 120) / 2m;
        if (random.Next(3) > 0)
            properties["plan"] = random.Next(8) == 0 ? 7 : Pick(["gold", "GOLD", "silber"]);
        if (random.Next(2) == 0)
            properties["gift"] = random.Next(2) == 0;
        if (random.Next(4) == 0)
            properties["odd name"] = random.Next(0, 60);
        return new BehaviourEvent(
            Guid.CreateVersion7(now),
            Who(),
            "track",
            Pick(RandomRules.Events),
            null,
            random.Next(2) == 0 ? Pick(RandomRules.Channels).ToUpperInvariant() : null,
            properties.Count == 0 ? null : JsonSerializer.SerializeToElement(properties),
            At()
        );
    }

    private Guid Who() => Pick(Customers);

    // Most of the past, some ahead of the clock.
    private DateTimeOffset At() =>
        now.AddMinutes(random.Next(10) == 0 ? random.Next(0, 3 * 1440) : -Math.Pow(random.NextDouble(), 2) * 60 * 1440);

    private string? Category() => random.Next(3) == 0 ? null : Pick(RandomRules.Categories);

    private string Currency() => random.Next(4) == 0 ? "GBP" : "EUR";

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
