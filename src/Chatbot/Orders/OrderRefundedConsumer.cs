using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Chatbot.Orders;

/// <summary>Remembers what went back for an order. A refund that names no order answers no question about one and is left alone.</summary>
internal sealed class OrderRefundedConsumer(InboxServices<ChatbotDatabase> inbox) : InboxConsumer<ChatbotDatabase, OrderRefunded>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderRefunded>> messages, UnitOfWork work, CancellationToken ct)
    {
        var refunds = messages.Select(m => m.Message).Where(r => r.OrderId is not null).DistinctBy(r => r.RefundId).ToArray();
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        await work.ExecuteAsync(
            Sql,
            new
            {
                RefundIds = refunds.Select(r => r.RefundId).ToArray(),
                OrderIds = refunds.Select(r => r.OrderId).ToArray(),
                CustomerIds = refunds.Select(r => r.CustomerId).ToArray(),
                Amounts = refunds.Select(r => r.Amount).ToArray(),
                Currencies = refunds.Select(r => r.Currency).ToArray(),
                Ats = refunds.Select(r => r.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }

    private const string Sql = """
        insert into refunds (refund_id, order_id, customer_id, amount, currency, at)
        select * from unnest(
            @RefundIds::text[], @OrderIds::text[], @CustomerIds::uuid[], @Amounts::numeric[], @Currencies::text[], @Ats::timestamptz[]
        ) as r (refund_id, order_id, customer_id, amount, currency, at)
        where not is_erased(r.customer_id)
        order by r.refund_id
        on conflict (refund_id) do nothing
        """;
}
