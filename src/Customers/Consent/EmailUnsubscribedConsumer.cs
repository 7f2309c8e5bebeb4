using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Customers.Consent;

/// <summary>An unsubscribe is a withdrawal: it enters the ledger, and every other service learns of it.</summary>
internal sealed class EmailUnsubscribedConsumer(
    InboxServices<CustomersDatabase> inbox,
    LateEvents late,
    ConsentLedger ledger,
    TimeProvider clock
) : InboxConsumer<CustomersDatabase, EmailUnsubscribed>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<EmailUnsubscribed>> messages, UnitOfWork work, CancellationToken ct)
    {
        var erased = await work.QueryAsync<Guid>(
            "select id from unnest(@Ids::uuid[]) as said (id) where platform.is_erased(id)",
            new { Ids = messages.Select(m => m.Message.CustomerId).ToArray() },
            ct
        );
        messages = [.. messages.Where(m => !erased.Contains(m.Message.CustomerId))];
        late.Dropped(erased.Count);
        var current = (
            await work.QueryAsync<(Guid From, Guid Into)>(
                "select from_id, into_id from merges where from_id = any(@Ids)",
                new { Ids = messages.Select(m => m.Message.CustomerId).ToArray() },
                ct
            )
        ).ToDictionary(row => row.From, row => row.Into);
        await ledger.StoreAsync(
            work,
            [
                .. messages.Select(m => new ConsentRecord(
                    current.GetValueOrDefault(m.Message.CustomerId, m.Message.CustomerId),
                    ConsentPurposes.EmailMarketing,
                    Granted: false,
                    m.Message.Source,
                    m.Message.At,
                    m.TraceParent,
                    new ConsentEvidence(Token: $"mail {m.Message.MailId}")
                )),
            ],
            clock.GetUtcNow(),
            ct
        );
    }
}
