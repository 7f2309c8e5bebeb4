using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Customers.Privacy;

/// <summary>A service has forgotten a person. After the last one this service looks once more for what came in between.</summary>
internal sealed class ErasureReceiptConsumer(InboxServices<CustomersDatabase> inbox, TimeProvider clock)
    : InboxConsumer<CustomersDatabase, ErasureReceipt>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<ErasureReceipt>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.LockForErasureAsync(CustomersDatabase.Personal, ct);
        foreach (var message in messages.Select(m => m.Message))
        {
            if (!await PrivacyRequest.AnswerAsync(work, message.RequestId, new(message.Service, message.At, message.Tables), ct))
                continue;
            var now = clock.GetUtcNow();
            var ids = await work.QueryAsync<Guid>(
                "select unnest(pending_ids) from privacy_requests where id = @RequestId",
                new { message.RequestId },
                ct
            );
            await work.EraseAsync(CustomersDatabase.Personal, ids, now, ct);
            await PrivacyRequest.CompleteAsync(work, message.RequestId, now, ct);
        }
    }
}

/// <summary>A service has given a part of what it keeps; what comes after the person was erased is not kept.</summary>
internal sealed class CustomerExportedConsumer(InboxServices<CustomersDatabase> inbox, TimeProvider clock)
    : InboxConsumer<CustomersDatabase, CustomerExported>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerExported>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var given in messages.Select(m => m.Message))
        {
            var person = await work.QuerySingleOrDefaultAsync<Guid?>(
                "select pending_ids[1] from privacy_requests where id = @RequestId and completed_at is null and not withdrawn for update",
                new { given.RequestId },
                ct
            );
            if (person is { } customer)
                await StoreExport.AddAsync(work, given, customer, clock.GetUtcNow(), ct);
        }
    }
}
