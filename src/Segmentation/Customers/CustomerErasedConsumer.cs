using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>
/// Deletes a customer with everything that was merged into them. Nobody is told that an erased customer left a segment: whoever keeps
/// rows hears of the erasure itself.
/// </summary>
internal sealed class CustomerErasedConsumer(InboxServices<SegmentationDatabase> inbox, TimeProvider clock)
    : InboxConsumer<SegmentationDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var (_, person, trace, _) in messages)
        {
            var erased = await work.EraseAsync(PersonalData.Map, [person.CustomerId, .. person.Ids ?? []], person.At, ct);
            if (person.RequestId is { } request)
                work.Publish(new ErasureReceipt(request, "segmentation", erased.Tables, clock.GetUtcNow()), trace);
        }
        await work.ExecuteAsync(SegmentationDatabase.MarkChanged, null, ct);
    }
}
