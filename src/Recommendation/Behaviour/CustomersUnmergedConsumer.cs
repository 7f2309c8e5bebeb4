using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Recommendation.Behaviour;

internal sealed class CustomersUnmergedConsumer(InboxServices<RecommendationDatabase> inbox)
    : InboxConsumer<RecommendationDatabase, CustomersUnmerged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<CustomersUnmerged>> messages, UnitOfWork work, CancellationToken ct) =>
        CustomerAliases.SaveAsync(work, merged: false, messages.Select(m => (m.Message.From, m.Message.Into, m.Message.At)), ct);
}
