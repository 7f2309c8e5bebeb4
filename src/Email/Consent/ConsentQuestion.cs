using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Consent;

/// <summary>
/// The mail of a double opt-in: it asks the owner of an address whether the permission is theirs. It goes to the address that was asked
/// about, needs no permission itself, and stays unsent where the person has said no since.
/// </summary>
internal static class ConsentQuestion
{
    /// <summary>Name of the automation and of its template.</summary>
    public const string Name = "double-opt-in";

    /// <summary>One mail a link: it is the question's own, also where the event is published again.</summary>
    internal static string OccurrenceOf(ConsentConfirmationRequested asked) =>
        $"{asked.Purpose}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked.ConfirmUrl)))}";

    /// <summary>What the template finds under <c>data</c>.</summary>
    private static string VariablesOf(ConsentConfirmationRequested asked) =>
        JsonSerializer.Serialize(new QuestionData(asked.ConfirmUrl, asked.Purpose, asked.At), Snake);

    public static Task QueueAsync(
        UnitOfWork work,
        IReadOnlyCollection<Received<ConsentConfirmationRequested>> asked,
        string domain,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        // Who was away for longer than the link lives has nothing to ask any more.
        var open = asked.Where(m => m.Message.ExpiresAt > now).ToArray();
        if (open.Length == 0)
            return Task.CompletedTask;
        var ids = open.Select(_ => Guid.CreateVersion7(now)).ToArray();
        return work.ExecuteAsync(
            QueueSql,
            new
            {
                Name,
                Purpose = MailPurpose.Transactional,
                Now = now,
                Ids = ids,
                Customers = open.Select(m => m.Message.CustomerId).ToArray(),
                Occurrences = open.Select(m => OccurrenceOf(m.Message)).ToArray(),
                Addresses = open.Select(m => m.Message.Email).ToArray(),
                Variables = open.Select(m => VariablesOf(m.Message)).ToArray(),
                MessageIds = ids.Select(id => $"{id:N}@{domain}").ToArray(),
                Traces = open.Select(m => m.TraceParent).ToArray(),
                Purposes = open.Select(m => m.Message.Purpose).ToArray(),
                Times = open.Select(m => m.Message.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }

    /// <summary>Takes back questions that a later "no" has answered, unless they have been handed over.</summary>
    public static Task WithdrawAsync(UnitOfWork work, IEnumerable<ConsentChanged> consents, CancellationToken ct)
    {
        var refused = consents.Where(consent => !consent.Granted).ToArray();
        return refused.Length == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                WithdrawSql,
                new
                {
                    Name,
                    Reason = MailPermission.Withdrawn,
                    Customers = refused.Select(consent => consent.CustomerId).ToArray(),
                    Purposes = refused.Select(consent => consent.Purpose).ToArray(),
                    Times = refused.Select(consent => consent.At.ToUniversalTime()).ToArray(),
                },
                ct
            );
    }

    private sealed record QuestionData(string ConfirmUrl, string Purpose, DateTimeOffset AskedAt);

    private static readonly JsonSerializerOptions Snake = new(Json.Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private const string QueueSql = """
        insert into mails (id, customer_id, automation, occurrence, purpose, to_address, variables, message_id, trace_parent,
            next_attempt_at, created_at)
        select q.id, coalesce(me.canonical_id, q.customer_id), @Name, q.occurrence, @Purpose, q.address, q.variables::jsonb, q.message_id,
            q.trace_parent, @Now, @Now
        from unnest(@Ids::uuid[], @Customers::uuid[], @Occurrences::text[], @Addresses::text[], @Variables::text[], @MessageIds::text[],
                @Traces::text[], @Purposes::text[], @Times::timestamptz[])
            as q (id, customer_id, occurrence, address, variables, message_id, trace_parent, purpose, at)
        left join recipients me on me.customer_id = q.customer_id
        where not is_erased(q.customer_id)
            and not exists (
                select from recipients same join mails had on had.customer_id = same.customer_id
                where same.canonical_id = me.canonical_id and had.automation = @Name and had.occurrence = q.occurrence)
            and not exists (
                select from recipients same join consents c on c.customer_id = same.customer_id
                where same.canonical_id = me.canonical_id and c.purpose = q.purpose and not c.granted and c.at >= q.at)
        on conflict (automation, customer_id, occurrence) do nothing
        """;

    private const string WithdrawSql = """
        update mails m set status = 'suppressed', reason = @Reason
        from unnest(@Customers::uuid[], @Purposes::text[], @Times::timestamptz[]) as no (customer_id, purpose, at)
        join recipients me on me.customer_id = no.customer_id
        join recipients same on same.canonical_id = me.canonical_id
        where m.customer_id = same.customer_id and m.automation = @Name and (m.status = 'queued' or m.status = 'claimed' and m.handed_over_at is null)
            and m.variables ->> 'purpose' = no.purpose and (m.variables ->> 'asked_at')::timestamptz <= no.at
        """;
}

/// <summary>Asks once, however often the event comes.</summary>
internal sealed class ConsentConfirmationRequestedConsumer(
    InboxServices<EmailDatabase> inbox,
    IOptions<EmailOptions> options,
    TimeProvider clock
) : InboxConsumer<EmailDatabase, ConsentConfirmationRequested>(inbox)
{
    private readonly string domain = MailboxAddress.Parse(options.Value.FromAddress).Domain;

    public override async Task HandleAsync(
        IReadOnlyList<Received<ConsentConfirmationRequested>> messages,
        UnitOfWork work,
        CancellationToken ct
    )
    {
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        await ConsentQuestion.QueueAsync(work, messages, domain, clock.GetUtcNow(), ct);
    }
}
