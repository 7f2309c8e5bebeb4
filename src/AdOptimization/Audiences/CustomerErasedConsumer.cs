using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>Deletes a customer with everything that was merged into them.</summary>
internal sealed class CustomerErasedConsumer(InboxServices<AdsDatabase> inbox, TimeProvider clock)
    : InboxConsumer<AdsDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var (_, person, trace, _) in messages)
        {
            var erased = await work.EraseAsync(PersonalData.Map, [person.CustomerId, .. person.Ids ?? []], person.At, ct);
            if (person.RequestId is { } request)
                work.Publish(new ErasureReceipt(request, AdOptimizationModule.ServiceName, erased.Tables, clock.GetUtcNow()), trace);
        }
    }
}
