using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>The rows of a merged customer are its own again.</summary>
internal sealed class CustomersUnmergedConsumer(InboxServices<AdsDatabase> inbox) : InboxConsumer<AdsDatabase, CustomersUnmerged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<CustomersUnmerged>> messages, UnitOfWork work, CancellationToken ct) =>
        Merges.RecordAsync(work, [.. messages.Select(m => new Merges.Word(m.Message.From, m.Message.Into, false, m.Message.At))], ct);
}
