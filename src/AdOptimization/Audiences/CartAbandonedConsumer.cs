using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>Remembers the newest cart that each customer left behind. Whether that makes a member is decided when it is read.</summary>
internal sealed class CartAbandonedConsumer(InboxServices<AdsDatabase> inbox, IOptions<MessagingOptions> messaging, TimeProvider clock)
    : InboxConsumer<AdsDatabase, CartAbandoned>(inbox)
{
    /// <summary>Both times count, as for the mail: a cart left long ago is old news even where it was noticed just now.</summary>
    internal static bool IsNews(CartAbandoned cart, TimeSpan maxTriggerAge, DateTimeOffset now) =>
        now - cart.At <= maxTriggerAge && now - cart.LastTouchedAt <= maxTriggerAge;

    public override async Task HandleAsync(IReadOnlyList<Received<CartAbandoned>> messages, UnitOfWork work, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var carts = messages.Select(m => m.Message).Where(c => IsNews(c, messaging.Value.MaxTriggerAge, now)).ToList();
        if (carts.Count == 0)
            return;
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = carts.ConvertAll(c => c.CustomerId).ToArray(),
                Touched = carts.ConvertAll(c => c.LastTouchedAt.UtcDateTime).ToArray(),
                Joined = carts.ConvertAll(c => c.At.UtcDateTime).ToArray(),
            },
            ct
        );
    }

    private const string Sql = $"""
        {AdsDatabase.SharedWithErasure}
        insert into abandoned_carts as c (customer_id, touched_at, joined_at)
        select distinct on (id) id, touched_at, joined_at
        from unnest(@Ids::uuid[], @Touched::timestamptz[], @Joined::timestamptz[]) as news (id, touched_at, joined_at)
        where not is_erased(id)
        order by id, touched_at desc, joined_at desc
        on conflict (customer_id) do update set touched_at = excluded.touched_at, joined_at = excluded.joined_at
        where (excluded.touched_at, excluded.joined_at) > (c.touched_at, c.joined_at)
        """;
}
