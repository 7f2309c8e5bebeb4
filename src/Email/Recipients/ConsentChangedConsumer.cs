using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Consent;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Recipients;

/// <summary>Keeps the latest word for each customer and purpose; a fresh yes to e-mail marketing may cause a welcome.</summary>
internal sealed class ConsentChangedConsumer(InboxServices<EmailDatabase> inbox, Subscribing subscribing, AutomationIntake intake)
    : InboxConsumer<EmailDatabase, ConsentChanged>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<ConsentChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        await RecordAsync(work, [.. messages.Select(m => m.Message)], ct);
        await ConsentQuestion.WithdrawAsync(work, messages.Select(m => m.Message), ct);
        var causes = messages.Where(m => m.Message is { Granted: true, Purpose: ConsentPurposes.EmailMarketing });
        await subscribing.TellAsync(work, [.. causes.Select(m => new Cause(m.Message.CustomerId, m.TraceParent))], ct);
        await intake.HandleAsync(work, messages.SelectMany(ToEvents), ct);
    }

    private static IEnumerable<AutomationEvent> ToEvents(Received<ConsentChanged> received)
    {
        var consent = received.Message;
        var data = JsonSerializer.SerializeToElement(
            new
            {
                purpose = consent.Purpose,
                granted = consent.Granted,
                source = consent.Source,
            }
        );
        yield return new(received.MessageId, consent.CustomerId, EventNames.ConsentChanged, consent.At, data, received.TraceParent);
        if (consent is { Granted: false, Purpose: ConsentPurposes.EmailMarketing })
            yield return new(received.MessageId, consent.CustomerId, EventNames.Unsubscribed, consent.At, data, received.TraceParent);
    }

    /// <summary>The latest word by its time stays; of two at the same moment the "no".</summary>
    internal static async Task RecordAsync(UnitOfWork work, IReadOnlyCollection<ConsentChanged> consents, CancellationToken ct)
    {
        var values = new
        {
            Ids = consents.Select(c => c.CustomerId).ToArray(),
            Purposes = consents.Select(c => c.Purpose).ToArray(),
            Granted = consents.Select(c => c.Granted).ToArray(),
            Sources = consents.Select(c => c.Source).ToArray(),
            Times = consents.Select(c => c.At.ToUniversalTime()).ToArray(),
        };
        // The row that a profile will fill: who writes about a person always meets others at it.
        await work.ExecuteAsync(
            """
            insert into recipients (customer_id, canonical_id)
            select distinct id, id from unnest(@Ids::uuid[]) as c (id)
            where not is_erased(c.id)
            order by id
            on conflict do nothing
            """,
            values,
            ct
        );
        await work.ExecuteAsync(
            """
            insert into consents (customer_id, purpose, granted, source, at)
            select distinct on (c.customer_id, c.purpose) c.customer_id, c.purpose, c.granted, c.source, c.at
            from unnest(@Ids::uuid[], @Purposes::text[], @Granted::boolean[], @Sources::text[], @Times::timestamptz[])
                as c (customer_id, purpose, granted, source, at)
            where not is_erased(c.customer_id)
            order by c.customer_id, c.purpose, c.at desc, c.granted
            on conflict (customer_id, purpose) do update set granted = excluded.granted, source = excluded.source, at = excluded.at
            where excluded.at > consents.at or (excluded.at = consents.at and not excluded.granted)
            """,
            values,
            ct
        );
    }
}
