using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>Answers a person's question what is kept here.</summary>
internal sealed class CustomerExportRequestedConsumer(InboxServices<RecommendationDatabase> inbox)
    : InboxConsumer<RecommendationDatabase, CustomerExportRequested>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerExportRequested>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var (_, person, trace, _) in messages)
        {
            var parts = await work.ExportAsync(PersonalData.Map, person.Ids, ct);
            for (var part = 0; part < parts.Count; part++)
                work.Publish(new CustomerExported(person.RequestId, "recommendation", part + 1, parts.Count, parts[part]), trace);
        }
    }
}
