using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>What follows from a customer's events and orders; computed when it is asked for, so it is never old.</summary>
/// <param name="Spend">Totals of the orders less what was refunded, in <paramref name="Currency"/>.</param>
/// <param name="Currency">In which most of the orders were placed; the shop's where there is none.</param>
/// <param name="FavouriteCategory">Of most pieces ordered; of most products looked at where no order names a category.</param>
/// <param name="PreferredChannel">Where most of the last events happened.</param>
internal sealed record ComputedTraits(
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    int Orders,
    decimal Spend,
    string Currency,
    string? FavouriteCategory,
    string? PreferredChannel
)
{
    /// <summary>How many of a customer's last events are looked at.</summary>
    private const int LastEvents = 1000;

    public static async Task<ComputedTraits> ReadAsync(
        UnitOfWork work,
        Guid customer,
        DateTimeOffset firstSeen,
        DateTimeOffset lastSeen,
        string shopCurrency,
        CancellationToken ct
    )
    {
        var money = await work.QueryAsync<Money>(MoneySql, new { Id = customer }, ct);
        var main = money.FirstOrDefault(m => m.Orders > 0) ?? new Money(shopCurrency, 0, 0);
        var habits = await work.QuerySingleAsync<Habits>(HabitsSql, new { Id = customer, LastEvents }, ct);
        return new ComputedTraits(
            firstSeen,
            habits.LastEventAt > lastSeen ? habits.LastEventAt.Value : lastSeen,
            money.Sum(m => m.Orders),
            main.Spend,
            main.Currency,
            habits.FavouriteCategory,
            habits.PreferredChannel
        );
    }

    private sealed record Money(string Currency, int Orders, decimal Spend);

    private sealed record Habits(DateTimeOffset? LastEventAt, string? FavouriteCategory, string? PreferredChannel);

    private const string MoneySql = """
        select currency, sum(placed)::int as orders, sum(amount) as spend
        from (
            select currency, 1 as placed, total as amount from orders where customer_id = @Id
            union all
            select currency, 0, -amount from refunds where customer_id = @Id
        ) as money
        group by currency order by 2 desc, 1
        """;

    // The newest events by the index of each partition. A screen is an app's, an event with a page is the web's, where nothing else is said.
    private const string HabitsSql = """
        with last_events as materialized (
            select kind, name, properties, context, at from events where customer_id = @Id order by at desc limit @LastEvents
        ),
        categories as (
            select p.product ->> 'category' as category, true as ordered,
                   case when p.product ->> 'quantity' ~ '^[0-9]{1,6}$' then (p.product ->> 'quantity')::int else 1 end as weight
            from last_events e, jsonb_array_elements(
                case when jsonb_typeof(e.properties -> 'products') = 'array' then e.properties -> 'products' else '[]' end) as p (product)
            where e.kind = 'track' and lower(trim(e.name)) = 'order completed'
            union all
            select properties ->> 'category', false, 1 from last_events where kind = 'track'
        )
        select
            (select max(at) from last_events) as last_event_at,
            (select category from categories where category <> '' and length(category) <= 200
             group by category, ordered order by ordered desc, sum(weight) desc, category limit 1) as favourite_category,
            (select channel from (
                select lower(coalesce(properties ->> 'channel', context ->> 'channel',
                    case when kind = 'screen' then 'app' when kind = 'page' or context ? 'page' then 'web' end)) as channel
                from last_events) as channels
             where channel <> '' and length(channel) <= 200
             group by channel order by count(*) desc, channel limit 1) as preferred_channel
        """;
}
