using System.Text.Json;
using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary>The made-up shop of the bench: customers by number, what they do, and what its marketers ask.</summary>
internal static class FollowedShop
{
    private const int EventKinds = 40;

    /// <summary>The same id that <see cref="FillSql"/> makes of a number.</summary>
    public static Guid CustomerId(int number) => Guid.Parse($"01900000-0000-7000-8000-{number + 1:x12}");

    public static BehaviourEvent Event(Random random, int customers, DateTimeOffset now) =>
        new(
            Guid.CreateVersion7(now),
            CustomerId(random.Next(customers)),
            "track",
            $"Event {random.Next(EventKinds)}",
            null,
            random.Next(5) == 0 ? "instagram" : "web",
            JsonSerializer.SerializeToElement(
                new
                {
                    price = random.Next(1, 200),
                    category = $"category {random.Next(20)}",
                    url = "https://shop.example/p/1",
                }
            ),
            now
        );

    /// <summary>Selective rules of every kind, as marketers write them; most look at one kind of event.</summary>
    public static string RuleOf(int i) =>
        (i % 8) switch
        {
            0 => $"did \"Event {i % EventKinds}\" in last {2 + i % 20}h",
            1 => $"did \"Event {i % EventKinds}\" where (price > {100 + i % 90}) in last {1 + i % 6}d and not consented email_marketing",
            2 => $"sum(price) of \"Event {i % EventKinds}\" > {1000 + i} in last {10 + i % 20}d",
            3 => $"spent > {400 + i} in last 90d and did \"Event {i % EventKinds}\" >= 2 times in last 2d",
            4 => $"ordered category \"category {i % 20}\" >= 3 times in last 60d and country = \"DE\"",
            5 => $"engaged on \"instagram\" >= {2 + i % 4} times in last 3d and age >= {20 + i % 40}",
            6 => $"in segment \"bench-{i - 6}\" and bucket.b{i} < {5 + i % 20}",
            _ => $"rfm.r >= 4 and avg(total) of orders > {120 + i} and did \"Event {i % EventKinds}\" in last 12h",
        };

    /// <summary>The rule that is recomputed for everybody.</summary>
    public const string ThreeConditions =
        "did \"Event 3\" >= 1 times in last 30d and spent > 100 in last 90d and not opened email in last 30d";

    // Each customer: a profile, a consent, four events of the last 60 days, an order with two lines, one in ten a mail opened.
    public const string FillSql = """
        insert into products (product_id, version, category) select 'p' || n, 1, 'category ' || n % 20 from generate_series(0, 199) n;
        create temp table people as
            select n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id from generate_series(1, @customers) n;
        insert into customers (origin_id, version, has_email, traits, first_seen_at, last_seen_at, last_order_at)
        select id, 1, true, jsonb_build_object('age', 18 + n % 60, 'country', (array['de', 'at', 'fr', 'us'])[1 + n % 4], 'has_email', true),
               now() - interval '200 days', now() - interval '1 day', now() - n % 80 * interval '1 day' - interval '1 hour'
        from people;
        insert into consents select id, 'email_marketing', n % 3 > 0, 'form', now() - interval '100 days' from people;
        insert into events (event_id, origin_id, name, channel, properties, at)
        select gen_random_uuid(), p.id, 'event ' || (p.n * 7 + e * 13) % 40, case when e = 1 then 'web' end,
               jsonb_build_object('price', (p.n + e * 37) % 200, 'category', 'category ' || (p.n + e) % 20),
               now() - ((p.n * 31 + e * 17) % 57 + 3) * interval '1 day'
        from people p cross join generate_series(1, 4) e;
        insert into events (event_id, origin_id, name, channel, properties, at)
        select gen_random_uuid(), id, 'email opened', 'email', null, now() - n % 60 * interval '1 day' from people where n % 10 = 0;
        insert into orders (order_id, origin_id, at, total, currency)
        select 'o' || n, id, now() - n % 80 * interval '1 day' - interval '1 hour', 10 + n % 190, 'EUR' from people;
        insert into order_lines (order_id, line, product_id, quantity, unit_price)
        select 'o' || p.n, l, 'p' || (p.n + l * 3) % 200, 1, 5 + p.n % 95 from people p cross join generate_series(0, 1) l;
        drop table people;
        """;
}
