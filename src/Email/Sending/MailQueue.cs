using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Sending;

/// <param name="Occurrence">What the automation acts on once for a person.</param>
/// <param name="Payload">JSON that the template needs; null where it needs none.</param>
internal sealed record NewMail(Guid CustomerId, string Automation, string Occurrence, string? Payload, string? TraceParent)
{
    /// <value>Null: the template has the automation's name.</value>
    public string? Template { get; init; }

    /// <value>JSON object that the template sees as <c>data</c>.</value>
    public string? Variables { get; init; }

    public string Purpose { get; init; } = MailPurpose.Marketing;

    /// <value>The way through the automation that led to it, and the step.</value>
    public Guid? JourneyId { get; init; }
    public string? Node { get; init; }
}

/// <summary>Puts decided mails into the ledger, where the sender finds them after the commit.</summary>
internal sealed class MailQueue(IOptions<EmailOptions> options, TimeProvider clock)
{
    private readonly string domain = MailboxAddress.Parse(options.Value.FromAddress).Domain;

    /// <summary>Adds what is not there yet for any id of the person. Forgotten people get nothing.</summary>
    public Task AddAsync(UnitOfWork work, IReadOnlyCollection<NewMail> mails, CancellationToken ct)
    {
        if (mails.Count == 0)
            return Task.CompletedTask;
        var now = clock.GetUtcNow();
        var ids = mails.Select(_ => Guid.CreateVersion7(now)).ToArray();
        return work.ExecuteAsync(
            """
            insert into mails (id, customer_id, automation, occurrence, payload, message_id, trace_parent, template, variables, purpose,
                journey_id, node, next_attempt_at, created_at)
            select m.id, coalesce(r.canonical_id, m.customer_id), m.automation, m.occurrence, m.payload::jsonb, m.message_id, m.trace_parent,
                m.template, m.variables::jsonb, m.purpose, m.journey_id, m.node, @Now, @Now
            from unnest(@Ids::uuid[], @Customers::uuid[], @Automations::text[], @Occurrences::text[], @Payloads::text[], @MessageIds::text[],
                @Traces::text[], @Templates::text[], @Variables::text[], @Purposes::text[], @Journeys::uuid[], @Nodes::text[])
                as m (id, customer_id, automation, occurrence, payload, message_id, trace_parent, template, variables, purpose, journey_id, node)
            left join recipients r on r.customer_id = m.customer_id
            where not is_erased(m.customer_id)
                and (
                    select true from recipients same
                    cross join lateral (
                        select from mails
                        where automation = m.automation and customer_id = same.customer_id and occurrence = m.occurrence limit 1
                    ) as had
                    where same.canonical_id = r.canonical_id
                    limit 1
                ) is null
            on conflict (automation, customer_id, occurrence) do nothing
            """,
            new
            {
                Now = now,
                Ids = ids,
                Customers = mails.Select(m => m.CustomerId).ToArray(),
                Automations = mails.Select(m => m.Automation).ToArray(),
                Occurrences = mails.Select(m => m.Occurrence).ToArray(),
                Payloads = mails.Select(m => m.Payload).ToArray(),
                MessageIds = ids.Select(id => $"{id:N}@{domain}").ToArray(),
                Traces = mails.Select(m => m.TraceParent).ToArray(),
                Templates = mails.Select(m => m.Template).ToArray(),
                Variables = mails.Select(m => m.Variables).ToArray(),
                Purposes = mails.Select(m => m.Purpose).ToArray(),
                Journeys = mails.Select(m => m.JourneyId).ToArray(),
                Nodes = mails.Select(m => m.Node).ToArray(),
            },
            ct
        );
    }
}
