using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Automations.Events;

/// <summary>Keeps what went back, each refund once: whatever mails are said to have earned is what customers kept.</summary>
internal sealed class OrderRefundedConsumer(InboxServices<EmailDatabase> inbox) : InboxConsumer<EmailDatabase, OrderRefunded>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderRefunded>> messages, UnitOfWork work, CancellationToken ct)
    {
        var refunds = messages.Select(m => m.Message).DistinctBy(refund => refund.RefundId).ToArray();
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = refunds.Select(refund => refund.RefundId).ToArray(),
                Customers = refunds.Select(refund => refund.CustomerId).ToArray(),
                Orders = refunds.Select(refund => refund.OrderId).ToArray(),
                Amounts = refunds.Select(refund => refund.Amount).ToArray(),
                Currencies = refunds.Select(refund => refund.Currency).ToArray(),
                Times = refunds.Select(refund => refund.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }

    private const string Sql = """
        insert into order_refunds (refund_id, customer_id, order_id, amount, currency, at)
        select r.* from unnest(@Ids::text[], @Customers::uuid[], @Orders::text[], @Amounts::numeric[], @Currencies::text[], @Times::timestamptz[])
            as r (refund_id, customer_id, order_id, amount, currency, at)
        where not is_erased(r.customer_id)
        order by r.refund_id
        on conflict do nothing
        """;
}
