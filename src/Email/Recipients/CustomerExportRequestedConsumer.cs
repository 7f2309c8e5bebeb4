using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Email.Recipients;

/// <summary>Answers a person's question what is kept here.</summary>
internal sealed class CustomerExportRequestedConsumer(InboxServices<EmailDatabase> inbox)
    : InboxConsumer<EmailDatabase, CustomerExportRequested>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerExportRequested>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var (_, person, trace, _) in messages)
        {
            var parts = await work.ExportAsync(EmailDatabase.Personal, person.Ids, ct);
            for (var part = 0; part < parts.Count; part++)
                work.Publish(new CustomerExported(person.RequestId, "email", part + 1, parts.Count, parts[part]), trace);
        }
    }
}
