using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.TestInfrastructure.Streams;

/// <summary>One message of a stream; a repetition by the broker has the same id.</summary>
public sealed record StreamMessage(Guid Id, object Message);

/// <summary>
/// What Customers could tell of a few people: profiles, consents, orders, refunds, behaviour, carts left behind, merges and their undoing.
/// The same seed gives the same stream.
/// </summary>
/// <param name="service">Only what this service listens to.</param>
/// <param name="now">Events happened in the day before.</param>
public sealed class CustomerStream(string service, DateTimeOffset now, int seed)
{
    private const int People = 5;
    private readonly Random random = new(seed);

    /// <summary>New ones for each stream: what an earlier stream left behind does not meet them.</summary>
    public IReadOnlyList<Guid> Customers { get; } = [.. Enumerable.Range(0, People).Select(_ => Guid.CreateVersion7(now))];

    /// <summary>Facts without merges, in the order in which they happened.</summary>
    public IReadOnlyList<StreamMessage> Facts(int count = 60) => Of(Enumerable.Range(0, count).SelectMany(n => Fact(n, count)));

    /// <summary>Merges as Customers makes them: two people who are not one yet become one, or the last merge of somebody is undone.</summary>
    public IReadOnlyList<StreamMessage> Merges(int count = 8)
    {
        var into = new Dictionary<Guid, Guid>();
        var words = new List<object>();
        for (var n = 0; n < count; n++)
        {
            var at = now.AddMinutes(n - 60);
            var roots = Customers.Where(id => !into.ContainsKey(id)).ToArray();
            if (into.Count > 0 && (roots.Length < 2 || random.Next(3) == 0))
            {
                var from = into.Keys.Order().ElementAt(random.Next(into.Count));
                words.Add(new CustomersUnmerged(from, into[from], at));
                into.Remove(from);
            }
            else
            {
                random.Shuffle(roots);
                words.Add(new CustomersMerged(roots[0], roots[1], at));
                into[roots[0]] = roots[1];
            }
        }
        return Of(words);
    }

    /// <summary>
    /// As a broker may deliver it: in another order, every third message twice. A publisher that was not sure sends the same news under a
    /// new id; behaviour alone is counted, and must not be.
    /// </summary>
    public IReadOnlyList<StreamMessage> Disturb(IEnumerable<StreamMessage> stream)
    {
        var disturbed = stream
            .SelectMany(message =>
                random.Next(3) > 0 ? [message]
                : message.Message is BehaviourBatch || random.Next(2) == 0 ? [message, message]
                : new[] { message, message with { Id = Guid.CreateVersion7(now) } }
            )
            .ToArray();
        random.Shuffle(disturbed);
        return disturbed;
    }

    private IReadOnlyList<StreamMessage> Of(IEnumerable<object> messages) =>
        [
            .. messages
                .Where(message => Subscriptions.ByEvent[message.GetType()].Contains(service))
                .Select(message => new StreamMessage(Guid.CreateVersion7(now), message)),
        ];

    private IEnumerable<object> Fact(int n, int count)
    {
        var who = Customers[random.Next(People)];
        var at = now.AddSeconds((n - count) * 600);
        var product = "p" + random.Next(4);
        CartLine[] lines = [new(product, "The " + product, 1 + random.Next(3), 5)];
        return random.Next(7) switch
        {
            0 => [Profile(who, n + 1, at)],
            1 => [new ConsentChanged(who, Purpose(), random.Next(2) == 0, "form", at)],
            2 => [new OrderPlaced(who, $"{seed}-{n}-{who:N}", lines, 5, "EUR", null, at)],
            3 =>
            [
                new OrderPlaced(who, $"{seed}-{n}-{who:N}", lines, 5, "EUR", null, at),
                new OrderRefunded(who, $"{seed}-{n}-{who:N}", $"{seed}-{n}-{who:N}", lines, 5, "EUR", at.AddHours(1)),
            ],
            4 => [new CartAbandoned(who, $"c{n}", lines, 5, "EUR", at, at.AddMinutes(1))],
            _ => [new BehaviourBatch([Behaviour(who, product, at), Behaviour(Customers[random.Next(People)], null, at.AddSeconds(1))])],
        };
    }

    private string Purpose() => ConsentPurposes.All.Order().ElementAt(random.Next(ConsentPurposes.All.Count));

    private CustomerProfileChanged Profile(Guid who, long version, DateTimeOffset at) =>
        new(
            who,
            version,
            "u" + who,
            random.Next(2) == 0 ? null : $"{who:N}@shop.test",
            "First" + version,
            null,
            random.Next(18, 90),
            random.Next(2) == 0 ? "female" : "male",
            "C" + random.Next(3),
            null,
            "en",
            null,
            at.AddDays(-random.Next(9)),
            at
        );

    private static BehaviourEvent Behaviour(Guid who, string? product, DateTimeOffset at) =>
        new(Guid.CreateVersion7(at), who, product is null ? "page" : "track", "Seen", product, "web", null, at);
}
