using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Recommendation.Behaviour;

internal sealed class CustomersMergedConsumer(InboxServices<RecommendationDatabase> inbox)
    : InboxConsumer<RecommendationDatabase, CustomersMerged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<CustomersMerged>> messages, UnitOfWork work, CancellationToken ct) =>
        CustomerAliases.SaveAsync(work, merged: true, messages.Select(m => (m.Message.From, m.Message.Into, m.Message.At)), ct);
}
