using System.Text.Json.Nodes;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

/// <summary>Clients repeat, and lines overtake each other: whatever comes in whatever order, the same people result.</summary>
public sealed class StreamTests(Shop shop)
{
    private const int People = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_stream_of_calls_that_is_shuffled_and_repeated_gives_the_same_people(int seed)
    {
        // The same life twice, under other names.
        var (orderly, disturbed) = (Shop.NewId("a"), Shop.NewId("b"));
        foreach (var call in Life(new Random(seed), orderly))
            await shop.Sends(call);
        var random = new Random(-seed);
        var stream = Life(new Random(seed), disturbed).SelectMany(call => random.Next(3) > 0 ? [call] : new[] { call, call }).ToArray();
        random.Shuffle(stream);
        foreach (var request in stream.Chunk(7))
            await shop.Sends([.. request.Select(call => call.DeepClone().AsObject())]);

        var expected = await StateOf(orderly);
        Assert.Equal(People, expected.Split('\n').Count(row => row.StartsWith("customer ", StringComparison.Ordinal)));
        Assert.Equal(expected, await StateOf(disturbed));
    }

    /// <summary>What a few people do, each with a browser of their own that they identify in once.</summary>
    private static IReadOnlyList<JsonObject> Life(Random random, string name)
    {
        var calls = new List<JsonObject>();
        for (var person = 0; person < People; person++)
        {
            var (user, browser) = ($"{name}-user-{person}", $"{name}-browser-{person}");
            for (var n = 0; n < 15; n++)
            {
                // No two at the same moment.
                var at = Shop.Start.AddMinutes(-(n * People * 7) - person - 1);
                calls.Add(Call(random, name, random.Next(2) == 0 ? user : null, browser, n, at));
                // Of every second order: most of these refunds will come before it.
                if ((string?)calls[^1]["event"] == "Order Completed" && random.Next(2) == 0)
                    calls.Add(Shop.Track("Order Refunded", user, browser, new { order_id = $"{browser}-{n}" }, at.AddSeconds(30)));
            }
            calls.Add(Shop.Identify(user, browser, new { joined = person }, at: Shop.Start.AddDays(-2).AddMinutes(person)));
        }
        // Repetitions are recognised by these.
        for (var n = 0; n < calls.Count; n++)
            calls[n]["messageId"] = $"{name}-{n}";
        calls.Reverse();
        return calls;
    }

    private static JsonObject Call(Random random, string name, string? user, string browser, int n, DateTimeOffset at)
    {
        var product = "p" + random.Next(3);
        return random.Next(6) switch
        {
            0 => Shop.Identify(user, browser, new { plan = random.Next(5), city = "C" + random.Next(3) }, at: at),
            1 => Shop.Identify(user, browser, new { size = random.Next(5) }, new { email_marketing = random.Next(2) == 0 }, at),
            2 => Shop.Track(
                "Product Added",
                user,
                browser,
                new
                {
                    product_id = product,
                    price = 5,
                    cart_id = $"{browser}-{random.Next(2)}",
                },
                at
            ),
            3 => Shop.Track("Product Removed", user, browser, new { product_id = product, cart_id = $"{browser}-{random.Next(2)}" }, at),
            4 => Shop.Track("Order Completed", user, browser, new { order_id = $"{browser}-{n}", total = random.Next(1, 9) }, at),
            _ => Shop.Track("Product Viewed", user, browser, new { product_id = product }, at),
        };
    }

    /// <summary>
    /// Everybody of a life, without the ids that differ from one to the other. Nor the status of carts: this life uses a cart's id again after
    /// an order closed it, and a cart that was bought stays so.
    /// </summary>
    private async Task<string> StateOf(string name)
    {
        var rows = await shop.Db.QueryAsync<string>(
            """
            with people as (
                select distinct customer_id as id, regexp_replace(value, '.*-', 'person ') as who
                from identifiers where kind = 'user_id' and value like @name || '-user-%'
            )
            select 'customer ' || who || ' ' || (to_jsonb(c) - 'id' - 'version' - 'last_seen_at' - 'search_text' - 'search_pieces')::text from people join customers c using (id)
            union all
            select 'identifier ' || who || ' ' || kind || ' ' || value from people p join identifiers i on i.customer_id = p.id
            union all
            select 'event ' || who || ' ' || concat_ws(' ', kind, name, message_id, properties, at)
            from people p join events e on e.customer_id = p.id
            union all
            select 'order ' || who || ' ' || concat_ws(' ', order_id, total, at) from people p join orders o on o.customer_id = p.id
            union all
            select 'refunds ' || who || ' ' || concat_ws(' ', currency, sum(amount), count(*))
            from people p join refunds r on r.customer_id = p.id group by who, currency
            union all
            select 'cart ' || who || ' ' || concat_ws(' ', cart_id, lines, touched_at) from people p join carts o on o.customer_id = p.id
            union all
            select distinct on (who) 'consent ' || who || ' ' || granted::text
            from (select who, granted, greatest(k.at, k.repeated_at) as at from people p join consents k on k.customer_id = p.id) as said
            where at = (
                select max(greatest(k.at, k.repeated_at)) from people p join consents k on k.customer_id = p.id where p.who = said.who
            )
            order by 1
            """,
            new { name },
            Ct
        );
        return string.Join('\n', rows).Replace(name, "life", StringComparison.Ordinal);
    }
}
