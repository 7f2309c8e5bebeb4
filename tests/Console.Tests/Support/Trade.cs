namespace MarketingPlatform.Console.Tests;

/// <summary>What the shop of the tests sells, and what its customers do.</summary>
internal static class Trade
{
    public const string Hostile = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
    public const string RightToLeft = "مرحبا بالعالم \u202Eevil\u202C";
    public static readonly string VeryLong = new('W', 5000);

    private static readonly string[] Names =
    [
        "Ada Lovelace",
        "Grace Hopper",
        "Alan Turing",
        "Mary Jackson",
        "Edsger Dijkstra",
        "Barbara Liskov",
        "Donald Knuth",
        "Radia Perlman",
        "Tim Lee",
        "Hedy Lamarr",
        "Katherine Johnson",
        "Dennis Ritchie",
    ];
    private static readonly (string Id, string Name, decimal Price)[] Teas =
    [
        ("T1", "Green tea", 6.5m),
        ("T2", "Earl Grey", 7.2m),
        ("T3", "Jasmine pearls", 12),
        ("P1", "Cast-iron teapot", 48),
        ("C1", "Porcelain cup", 9.9m),
        ("S1", "Silver strainer", 14),
    ];

    /// <summary>A file of orders, one line of which cannot be used.</summary>
    public const string Orders = """
        order,customer,date,product,quantity,price
        m-1,u-1,2026-09-03,T1,2,6.5
        m-2,u-2,2026-09-04,T3,1,12
        m-3,u-3,2026-09-05,P1,1,48
        m-4,u-4,not a day,P1,1,48

        """;

    /// <summary>How many people allow marketing mail.</summary>
    public static int WhoAgreed => Names.Length;

    public static object Products() =>
        new
        {
            products = Teas.Select(tea => new
            {
                productId = tea.Id,
                name = tea.Name,
                category = "Tea",
                price = tea.Price,
                currency = "EUR",
                inStock = true,
            }),
        };

    public static IEnumerable<IReadOnlyList<object>> Batches(DateTimeOffset now)
    {
        var chance = new Random(7);
        for (var i = 0; i < Names.Length; i++)
            yield return [.. OfPerson(i, now, chance)];
        yield return
        [
            new
            {
                type = "identify",
                userId = "hostile",
                traits = new
                {
                    email = "hostile@shop.example",
                    firstName = Hostile,
                    lastName = RightToLeft,
                    note = VeryLong,
                },
            },
            new
            {
                type = "track",
                userId = "hostile",
                @event = Hostile,
                properties = new { text = RightToLeft, longText = VeryLong },
            },
        ];
    }

    /// <summary>Rows of performance: one channel brings to those who lapsed ten times what the other brings.</summary>
    public static IEnumerable<object> Ads(DateOnly last) =>
        from ago in Enumerable.Range(0, 14)
        from cell in new[] { ("social", "lapsed", 10), ("social", "new", 4), ("search", (string?)null, 1) }
        let conversions = cell.Item3 + ago % 2
        select new
        {
            date = last.AddDays(-ago),
            channel = cell.Item1,
            segment = cell.Item2,
            spend = 30 + ago % 5,
            impressions = 5_000,
            clicks = 200,
            conversions,
            value = 40 * conversions,
        };

    private static IEnumerable<object> OfPerson(int index, DateTimeOffset now, Random chance)
    {
        var names = Names[index].Split(' ');
        var userId = $"u-{index + 1}";
        yield return new
        {
            type = "identify",
            userId,
            anonymousId = "browser-" + userId,
            timestamp = now.AddMinutes(-30),
            traits = new
            {
                email = $"{names[0]}.{names[1]}@shop.example".ToLowerInvariant(),
                firstName = names[0],
                lastName = names[1],
                city = index % 2 == 0 ? "London" : "Vienna",
                country = index % 2 == 0 ? "GB" : "AT",
            },
            context = new { consent = new { categoryPreferences = new { email_marketing = true } } },
        };
        for (var day = 1; day <= 28; day++)
        {
            if (chance.Next(3) == 0)
                continue;
            var at = now.AddDays(-day).AddMinutes(-chance.Next(600));
            var tea = Teas[chance.Next(Teas.Length)];
            yield return new
            {
                type = "track",
                userId,
                @event = "Product Viewed",
                timestamp = at,
                properties = new
                {
                    product_id = tea.Id,
                    name = tea.Name,
                    price = tea.Price,
                    currency = "EUR",
                },
            };
            if (chance.Next(4) == 0)
                yield return new
                {
                    type = "track",
                    userId,
                    @event = "Order Completed",
                    timestamp = at.AddMinutes(9),
                    properties = new
                    {
                        order_id = $"o-{index}-{day}",
                        total = tea.Price * 2,
                        currency = "EUR",
                        products = new[]
                        {
                            new
                            {
                                product_id = tea.Id,
                                name = tea.Name,
                                price = tea.Price,
                                quantity = 2,
                            },
                        },
                    },
                };
        }
    }
}
