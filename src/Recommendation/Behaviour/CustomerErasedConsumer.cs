using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>Deletes everything of the person; the next model no longer counts the orders.</summary>
internal sealed class CustomerErasedConsumer(InboxServices<RecommendationDatabase> inbox, TimeProvider clock)
    : InboxConsumer<RecommendationDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var (_, person, trace, _) in messages)
        {
            var erased = await work.EraseAsync(PersonalData.Map, [person.CustomerId, .. person.Ids ?? []], person.At, ct);
            if (person.RequestId is { } request)
                work.Publish(new ErasureReceipt(request, "recommendation", erased.Tables, clock.GetUtcNow()), trace);
        }
        await TrainingSignals.AddAsync(work, requested: false, orders: 0, clock.GetUtcNow(), ct);
    }
}
