using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Carts;

/// <summary>
/// The durable timer of carts: what lies untouched for the configured time, with no order since, is abandoned, once. The state is in the
/// table, so neither a restart nor a second instance changes what happens.
/// </summary>
internal sealed class CartTimer(
    CustomersDatabase database,
    IOptions<MessagingOptions> messaging,
    TimeProvider clock,
    ILogger<CartTimer> log
) : BackgroundService
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(
            database,
            async ct => await CloseDueAsync(ct) == BatchSize ? TimeSpan.Zero : Interval,
            Interval,
            e => log.LogWarning("Cart timer: {Cause}; trying again", e.Message),
            clock,
            stoppingToken
        );

    /// <returns>How many carts were due.</returns>
    internal async Task<int> CloseDueAsync(CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var delay = await CartSettings.ReadAsync(work, ct);
        var now = clock.GetUtcNow();
        var due = await work.QueryAsync<Row>(DueSql, new { Before = now - delay, Limit = BatchSize }, ct);
        if (due.Count == 0)
            return 0;
        var outcomes = due.Select(cart => CartDecision.Decide(cart.TouchedAt, delay, messaging.Value.MaxTriggerAge, now)).ToArray();
        await work.ExecuteAsync(
            """
            update carts c set status = d.status
            from unnest(@Customers::uuid[], @Carts::text[], @Statuses::text[]) as d (customer, cart, status)
            where c.customer_id = d.customer and c.cart_id = d.cart
            """,
            new
            {
                Customers = due.Select(cart => cart.CustomerId).ToArray(),
                Carts = due.Select(cart => cart.CartId).ToArray(),
                Statuses = outcomes.Select(outcome => outcome == CartOutcome.Abandoned ? "abandoned" : "expired").ToArray(),
            },
            ct
        );
        foreach (var (cart, outcome) in due.Zip(outcomes))
            if (outcome == CartOutcome.Abandoned)
                work.Publish(cart.ToEvent(now), cart.TraceParent);
        await work.CommitAsync(ct);
        return due.Count;
    }

    private sealed record Row(Guid CustomerId, string CartId, string Lines, string Currency, DateTimeOffset TouchedAt, string? TraceParent)
    {
        public CartAbandoned ToEvent(DateTimeOffset now)
        {
            var lines = JsonSerializer.Deserialize<CartLine[]>(Lines, Json.Options)!;
            return new CartAbandoned(CustomerId, CartId, lines, Cart.Total(lines), Currency, TouchedAt, now);
        }
    }

    private const string DueSql = """
        select customer_id, cart_id, lines::text as lines, currency, touched_at, trace_parent
        from carts c
        where status = 'open' and lines <> '[]' and touched_at <= @Before
          and not exists (select from orders o where o.customer_id = c.customer_id and o.at >= c.touched_at)
        order by touched_at limit @Limit for update skip locked
        """;
}
