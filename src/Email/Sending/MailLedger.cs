using System.Text.Json;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email.Sending;

/// <summary>A mail that this sender, and nobody else, works on.</summary>
internal sealed record ClaimedMail(
    Guid Id,
    Guid CustomerId,
    string Automation,
    string? Payload,
    string? Subject,
    string MessageId,
    string? TraceParent,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? HandedOverAt
);

/// <summary>A product in a mail; the cart's own have no reason.</summary>
internal sealed record MailProduct(string ProductId, string Name, string? Reason);

/// <summary>The states of the send ledger. Each step is taken only by who holds the claim.</summary>
internal sealed class MailLedger(EmailDatabase db, SenderPresence presence, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <returns>Mails that are due, claimed for this sender.</returns>
    public Task<IReadOnlyList<ClaimedMail>> ClaimAsync(int limit, CancellationToken ct) =>
        db.QueryAsync<ClaimedMail>(
            """
            update mails set status = 'claimed', claimed_by = @Owner, claimed_at = @Now, attempts = attempts + 1
            where id in (
                select id from mails where status = 'queued' and next_attempt_at <= @Now
                order by next_attempt_at limit @Limit for update skip locked
            )
            returning id, customer_id, automation, payload, subject, message_id, trace_parent, attempts, created_at, handed_over_at
            """,
            new
            {
                presence.Owner,
                Now = clock.GetUtcNow(),
                Limit = limit,
            },
            ct
        );

    /// <returns>When the next mail is due, or null where none waits.</returns>
    public Task<DateTimeOffset?> NextDueAsync(CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<DateTimeOffset?>("select min(next_attempt_at) from mails where status = 'queued'", null, ct);

    /// <summary>
    /// Frees claims whose owner is gone, and our own from before: call it only while this sender works on nothing. Claims that were never
    /// handed over go back to the queue; the others too where <paramref name="mayRepeat"/>, else they become ambiguous.
    /// </summary>
    /// <returns>How many mails became ambiguous.</returns>
    public async Task<int> RecoverAsync(bool mayRepeat, CancellationToken ct) =>
        (
            await db.QueryAsync<string>(
                """
                update mails set
                    status = case when handed_over_at is null or @MayRepeat then 'queued' else 'ambiguous' end::mail_status,
                    reason = case when handed_over_at is null or @MayRepeat then null else 'The sender stopped before the answer came.' end,
                    next_attempt_at = case when claimed_by = @Owner or status = 'ambiguous'
                        then @Now + least(interval '1 hour', interval '2 seconds' * power(2, least(attempts, 20))) else @Now end,
                    claimed_by = null
                where (status = 'ambiguous' and @MayRepeat)
                    or (status = 'claimed' and (claimed_by = @Owner or not exists (
                        select from pg_locks
                        where locktype = 'advisory' and granted and objsubid = 1
                            and database = (select oid from pg_database where datname = current_database())
                            and (classid::bigint << 32) | objid::bigint = mails.claimed_by
                    )))
                returning status::text
                """,
                new
                {
                    presence.Owner,
                    Now = clock.GetUtcNow(),
                    MayRepeat = mayRepeat,
                },
                ct
            )
        ).Count(status => status == "ambiguous");

    /// <summary>Writes down what is about to leave.</summary>
    /// <returns>False where the claim was lost: then the mail must not leave.</returns>
    public async Task<bool> HandOverAsync(
        Guid id,
        string address,
        string subject,
        IReadOnlyList<MailProduct> products,
        CancellationToken ct
    ) =>
        await db.ExecuteAsync(
            """
            update mails set handed_over_at = @Now, address = @Address, subject = @Subject, products = @Products::jsonb
            where id = @Id and status = 'claimed' and claimed_by = @Owner
            """,
            new
            {
                Id = id,
                presence.Owner,
                Now = clock.GetUtcNow(),
                Address = address,
                Subject = subject,
                Products = JsonSerializer.Serialize(products, Json.Options),
            },
            ct
        ) == 1;

    public async Task SentAsync(ClaimedMail mail, string subject, string location, string? traceParent, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        var now = clock.GetUtcNow();
        var changed = await work.ExecuteAsync(
            """
            update mails set status = 'sent', sent_at = @Now, location = @Location, reason = null
            where id = @Id and status = 'claimed' and claimed_by = @Owner
            """,
            new
            {
                mail.Id,
                presence.Owner,
                Now = now,
                Location = location,
            },
            ct
        );
        if (changed == 1)
            work.Publish(new EmailSent(mail.Id, mail.CustomerId, mail.Automation, subject, now), traceParent);
        await work.CommitAsync(ct);
    }

    public Task SuppressAsync(Guid id, string reason, CancellationToken ct) => EndAsync(id, "suppressed", reason, ct);

    public Task FailAsync(Guid id, string reason, CancellationToken ct) => EndAsync(id, "failed", reason, ct);

    public Task AmbiguousAsync(Guid id, string reason, CancellationToken ct) => EndAsync(id, "ambiguous", reason, ct);

    /// <summary>Back to the queue; this attempt certainly did not deliver.</summary>
    /// <param name="attempts">How many count.</param>
    public Task PostponeAsync(Guid id, string reason, int attempts, TimeSpan pause, CancellationToken ct) =>
        db.ExecuteAsync(
            """
            update mails set status = 'queued', reason = @Reason, attempts = @Attempts, next_attempt_at = @At, handed_over_at = null,
                claimed_by = null
            where id = @Id and status = 'claimed' and claimed_by = @Owner
            """,
            new
            {
                Id = id,
                presence.Owner,
                Reason = reason,
                Attempts = attempts,
                At = clock.GetUtcNow() + pause,
            },
            ct
        );

    /// <returns>2 s, 4 s, 8 s … up to an hour.</returns>
    public static TimeSpan PauseAfter(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(attempts, 20))));

    private Task<int> EndAsync(Guid id, string status, string reason, CancellationToken ct) =>
        db.ExecuteAsync(
            """
            update mails set status = @Status::mail_status, reason = @Reason
            where id = @Id and status = 'claimed' and claimed_by = @Owner
            """,
            new
            {
                Id = id,
                presence.Owner,
                Status = status,
                Reason = reason,
            },
            ct
        );
}
