using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary>
/// Customers who sign up, look around, leave carts, buy and buy again, fall silent, and a catalogue whose prices move: enough life for each
/// of the ready-made automations to have something to do. The same seed is the same life.
/// </summary>
internal sealed class ShopLife(int customers, int seed)
{
    private const int Products = 60;

    /// <summary>Days between two orders of one customer, at the mean.</summary>
    private const double OrderEvery = 35;
    private readonly Random random = new(seed);

    public IReadOnlyList<AutomationEvent> Between(DateTimeOffset from, DateTimeOffset to)
    {
        List<AutomationEvent> events = [];
        for (var product = 0; product < Products; product++)
        for (var at = from; at < to; at = at.AddDays(5 + random.Next(40)))
            Add(
                events,
                Guid.Empty,
                SimulatedCatalogue.ProductChanged,
                at,
                new
                {
                    product_id = $"p{product}",
                    name = $"Product {product}",
                    price = 10 + random.Next(40),
                    in_stock = random.Next(8) > 0,
                }
            );
        for (var i = 0; i < customers; i++)
            Live(events, from, to);
        return [.. events.OrderBy(e => e.At)];
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394", Justification = "An invented shop keeps no secret.")]
    private void Live(List<AutomationEvent> events, DateTimeOffset from, DateTimeOffset to)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        var who = new Guid(bytes);
        var at = from + (to - from) * (random.NextDouble() * 0.6);
        var favourite = random.Next(Products);
        Add(
            events,
            who,
            EventNames.ProfileChanged,
            at,
            new
            {
                email = $"{who:N}@example.com",
                first_name = "Ann",
                country = random.Next(3) == 0 ? "DE" : "FR",
                time_zone = random.Next(4) == 0 ? "America/New_York" : "Europe/Berlin",
                birthday = $"{1950 + random.Next(55)}-{1 + random.Next(12):D2}-{1 + random.Next(28):D2}",
            }
        );
        if (random.Next(5) > 0)
            Add(events, who, EventNames.ConsentChanged, at.AddSeconds(1), new { purpose = ConsentPurposes.EmailMarketing, granted = true });
        for (var visit = 1; ; visit++)
        {
            at += TimeSpan.FromDays(-OrderEvery / 3 * Math.Log(1 - random.NextDouble()));
            if (at >= to)
                return;
            for (var view = random.Next(5); view >= 0; view--)
                Add(
                    events,
                    who,
                    EventNames.ProductViewed,
                    at = at.AddMinutes(1 + random.Next(5)),
                    new { product_id = $"p{random.Next(Products)}" }
                );
            switch (random.Next(12))
            {
                case < 4:
                    Add(events, who, EventNames.Order, at = at.AddMinutes(10), Basket(who, visit, favourite, EventData.Order));
                    break;
                case < 7:
                    Add(events, who, EventNames.CartAbandoned, at = at.AddHours(1), Basket(who, visit, favourite, EventData.Cart));
                    break;
                case 7:
                    Add(events, who, EventNames.SegmentEntered, at = at.AddHours(2), new { segment = "lapsed" });
                    break;
                case 8:
                    Add(events, who, EventNames.SegmentLeft, at = at.AddHours(2), new { segment = "lapsed" });
                    break;
                case 9:
                    Add(events, who, EventNames.MailClicked, at = at.AddMinutes(30), new { template = "recommendations" });
                    break;
                case 10 when random.Next(6) == 0:
                    Add(events, who, EventNames.ConsentChanged, at, new { purpose = ConsentPurposes.EmailMarketing, granted = false });
                    break;
            }
        }
    }

    private static JsonElement Basket(Guid who, int visit, int favourite, string idName)
    {
        CartLine[] lines = [new($"p{favourite}", $"Product {favourite}", 1, 12), new($"p{(favourite + visit) % Products}", null, 2, 5)];
        return JsonSerializer.SerializeToElement(
            new Dictionary<string, object>
            {
                [idName] = $"{who:N}-{visit}",
                [EventData.Lines] = lines,
                ["total"] = 22m,
                ["currency"] = "EUR",
            },
            Json.Options
        );
    }

    private void Add(List<AutomationEvent> events, Guid who, string name, DateTimeOffset at, object data)
    {
        // Whole seconds, as shops tell times: a database keeps no finer ones than a millionth.
        at = new DateTimeOffset(at.Ticks - at.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        var id = new byte[16];
        random.NextBytes(id);
        events.Add(new(new Guid(id), who, name, at, data as JsonElement? ?? JsonSerializer.SerializeToElement(data)));
    }
}
