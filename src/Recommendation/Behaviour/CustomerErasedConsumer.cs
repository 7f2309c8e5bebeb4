using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>Deletes everything of the person; the next model no longer counts the orders.</summary>
internal sealed class CustomerErasedConsumer(InboxServices<RecommendationDatabase> inbox, TimeProvider clock)
    : InboxConsumer<RecommendationDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        await PersonalData.EraseAsync(work, [.. messages.Select(m => m.Message.CustomerId).Distinct()], clock.GetUtcNow(), ct);
        await TrainingSignals.AddAsync(work, requested: false, orders: 0, clock.GetUtcNow(), ct);
    }
}
