using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Chatbot.People;

/// <summary>
/// Deletes orders, refunds and conversations of all ids that are this person. No model learns from conversations, so none has to forget.
/// </summary>
internal sealed class CustomerErasedConsumer(InboxServices<ChatbotDatabase> inbox, TimeProvider clock)
    : InboxConsumer<ChatbotDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var (_, person, trace, _) in messages)
        {
            var erased = await work.EraseAsync(ChatbotDatabase.Personal, [person.CustomerId, .. person.Ids ?? []], person.At, ct);
            if (person.RequestId is { } request)
                work.Publish(new ErasureReceipt(request, ChatbotModule.Service, erased.Tables, clock.GetUtcNow()), trace);
        }
    }
}
