using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>From now on the rows of one customer count for another: those that are here, and those that come late.</summary>
internal sealed class CustomersMergedConsumer(InboxServices<AdsDatabase> inbox) : InboxConsumer<AdsDatabase, CustomersMerged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<CustomersMerged>> messages, UnitOfWork work, CancellationToken ct) =>
        Merges.RecordAsync(work, [.. messages.Select(m => new Merges.Word(m.Message.From, m.Message.Into, true, m.Message.At))], ct);
}
