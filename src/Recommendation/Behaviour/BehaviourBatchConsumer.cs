using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Recommendation.Measurement;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>
/// Keeps, for each customer and product, how often it was viewed or put into a cart and when last: one row, and no more than the
/// newest 200
/// products of a customer, so that a robot that walks the whole shop leaves little behind.
/// </summary>
internal sealed class BehaviourBatchConsumer(InboxServices<RecommendationDatabase> inbox)
    : InboxConsumer<RecommendationDatabase, BehaviourBatch>(inbox)
{
    private const int MaxProducts = 200;

    public override async Task HandleAsync(IReadOnlyList<Received<BehaviourBatch>> messages, UnitOfWork work, CancellationToken ct)
    {
        await RecordEvents.SaveAsync(work, [.. BehaviourEvents.Of(messages.SelectMany(m => m.Message.Events))], ct);
        var touches = messages
            .SelectMany(m => m.Message.Events)
            .Where(e => !string.IsNullOrEmpty(e.ProductId) && e.Name is "Product Viewed" or "Product Added")
            .GroupBy(e => (e.CustomerId, ProductId: e.ProductId!))
            .Select(g =>
                (
                    g.Key,
                    Views: g.Count(e => e.Name == "Product Viewed"),
                    Adds: g.Count(e => e.Name == "Product Added"),
                    At: g.Max(e => e.At)
                )
            )
            .ToArray();
        if (touches.Length == 0)
        {
            return;
        }
        await work.ExecuteAsync(
            Sql,
            new
            {
                CustomerIds = touches.Select(t => t.Key.CustomerId).ToArray(),
                ProductIds = touches.Select(t => t.Key.ProductId).ToArray(),
                Views = touches.Select(t => t.Views).ToArray(),
                Adds = touches.Select(t => t.Adds).ToArray(),
                Ats = touches.Select(t => t.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
        await work.ExecuteAsync(TrimSql, new { CustomerIds = touches.Select(t => t.Key.CustomerId).Distinct().ToArray(), MaxProducts }, ct);
    }

    private const string Sql = """
        insert into product_interest as known (customer_id, product_id, views, adds, last_at)
        select * from unnest(@CustomerIds::uuid[], @ProductIds::text[], @Views::int[], @Adds::int[], @Ats::timestamptz[])
            as t (customer_id, product_id, views, adds, last_at)
        where not is_erased(t.customer_id)
        order by t.customer_id, t.product_id
        on conflict (customer_id, product_id) do update set
            views = least(known.views, 1000000000) + excluded.views,
            adds = least(known.adds, 1000000000) + excluded.adds,
            last_at = greatest(known.last_at, excluded.last_at)
        """;

    private const string TrimSql = """
        delete from product_interest i
        using (
            select customer_id, product_id, row_number() over (partition by customer_id order by last_at desc, product_id) as place
            from product_interest
            where customer_id = any(@CustomerIds)
        ) old
        where old.place > @MaxProducts and i.customer_id = old.customer_id and i.product_id = old.product_id
        """;
}
