using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Chatbot.People;

/// <summary>Answers a person's question what is kept here.</summary>
internal sealed class CustomerExportRequestedConsumer(InboxServices<ChatbotDatabase> inbox)
    : InboxConsumer<ChatbotDatabase, CustomerExportRequested>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerExportRequested>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var (_, person, trace, _) in messages)
        {
            var parts = await work.ExportAsync(ChatbotDatabase.Personal, person.Ids, ct);
            for (var part = 0; part < parts.Count; part++)
                work.Publish(new CustomerExported(person.RequestId, ChatbotModule.Service, part + 1, parts.Count, parts[part]), trace);
        }
    }
}
