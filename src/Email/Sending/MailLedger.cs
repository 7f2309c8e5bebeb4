using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Sending;

/// <summary>A mail that this sender, and nobody else, works on.</summary>
/// <param name="ToAddress">Where it goes; null: the customer's own address.</param>
/// <param name="Variables">JSON object of values for this mail alone.</param>
/// <param name="DueAt">From when its age counts.</param>
/// <param name="Template">What an automation's step sends; null: the template of the automation's name.</param>
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
    DateTimeOffset? HandedOverAt,
    Guid? SendId = null,
    string Purpose = MailPurpose.Marketing,
    string? ToAddress = null,
    string? ToName = null,
    string? Variables = null,
    DateTimeOffset? DueAt = null,
    string? Template = null
);

/// <summary>A product in a mail; the cart's own have no reason.</summary>
internal sealed record MailProduct(string ProductId, string Name, string? Reason);

/// <summary>
/// Who works on which mail. A mail is queued, then claimed by one sender, and ends as sent, suppressed, failed or ambiguous; what a sender
/// finds out about its claims, <see cref="LedgerWriter"/> writes down.
/// </summary>
internal sealed class MailLedger(EmailDatabase db, SenderPresence presence, IOptions<EmailOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private const string ClaimedColumns = """
        m.id, m.customer_id, m.automation, m.payload, m.subject, m.message_id, m.trace_parent, m.attempts, m.created_at, m.handed_over_at,
        m.send_id, m.purpose, m.to_address, m.to_name, m.variables, coalesce(m.due_at, m.created_at) as due_at, m.template
        """;

    /// <returns>Mails that are due, claimed for this sender: single ones first, then those of sends, the oldest send first.</returns>
    public async Task<IReadOnlyList<ClaimedMail>> ClaimAsync(int limit, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var single = await ClaimAsync(DueSql, limit, now, ct);
        return single.Count == limit ? single : [.. single, .. await ClaimAsync(DueOfSendsSql, limit - single.Count, now, ct)];
    }

    /// <returns>When the next mail is due, or null where none waits.</returns>
    public Task<DateTimeOffset?> NextDueAsync(CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            """
            select least(
                (select min(next_attempt_at) from mails where status = 'queued' and send_id is null),
                (select min(due.at) from sends cross join lateral (
                    select min(next_attempt_at) as at from mails where send_id = sends.id and status = 'queued') due
                 where sends.status = 'sending'))
            """,
            null,
            ct
        );

    /// <summary>
    /// Frees claims whose owner is gone, and our own that nobody works on. Those that were never handed over go back to the queue; the
    /// others too where a repetition is harmless (files), else they become ambiguous.
    /// </summary>
    /// <param name="underWork">What this sender works on at this moment.</param>
    /// <returns>How many mails became ambiguous.</returns>
    public async Task<int> RecoverAsync(bool isIdempotent, IReadOnlyCollection<Guid> underWork, CancellationToken ct) =>
        (
            await db.QueryAsync<string>(
                RecoverSql,
                new
                {
                    presence.Owner,
                    Now = clock.GetUtcNow(),
                    IsIdempotent = isIdempotent,
                    UnderWork = underWork.ToArray(),
                },
                ct
            )
        ).Count(status => status == "ambiguous");

    /// <summary>
    /// Does what the policy says with mails that became ambiguous: they are sent again, or marked as skipped. Either way the row tells for
    /// ever that, and how often, nobody knew.
    /// </summary>
    /// <returns>How many are sent again.</returns>
    public async Task<int> ResolveAsync(CancellationToken ct) =>
        (
            await db.QueryAsync<string>(
                ResolveSql,
                new { Now = clock.GetUtcNow(), Policy = options.Value.AmbiguousPolicy.ToString().ToLowerInvariant() },
                ct
            )
        ).Count(resolution => resolution == "resent");

    /// <summary>Closes sends that are through, and clears the queue of cancelled ones.</summary>
    public Task FinishSendsAsync(CancellationToken ct) => db.ExecuteAsync(FinishSql, new { Now = clock.GetUtcNow() }, ct);

    /// <returns>2 s, 4 s, 8 s … up to an hour.</returns>
    public static TimeSpan PauseAfter(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(attempts, 20))));

    private Task<IReadOnlyList<ClaimedMail>> ClaimAsync(string due, int limit, DateTimeOffset now, CancellationToken ct) =>
        db.QueryAsync<ClaimedMail>(
            $"""
            with due as ({due})
            update mails m set status = 'claimed', claimed_by = @Owner, claimed_at = @Now, attempts = attempts + 1
            from due where m.id = due.id
            returning {ClaimedColumns}
            """,
            new
            {
                presence.Owner,
                Now = now,
                Limit = limit,
            },
            ct
        );

    private const string DueSql = """
        select id from mails where status = 'queued' and send_id is null and next_attempt_at <= @Now
        order by next_attempt_at limit @Limit for update skip locked
        """;

    private const string DueOfSendsSql = """
        select mail.id from (select id from sends where status = 'sending' order by id) as send
        cross join lateral (
            select id from mails where send_id = send.id and status = 'queued' and next_attempt_at <= @Now
            order by next_attempt_at limit @Limit for update skip locked
        ) as mail
        limit @Limit
        """;

    private const string RecoverSql = """
        update mails set
            status = case when handed_over_at is null or @IsIdempotent then 'queued' else 'ambiguous' end::mail_status,
            reason = case when handed_over_at is null or @IsIdempotent then null else 'The sender stopped before the answer came.' end,
            next_attempt_at = case when claimed_by = @Owner
                then @Now + least(interval '1 hour', interval '2 seconds' * power(2, least(attempts, 20))) else @Now end,
            ambiguous_count = ambiguous_count + case when handed_over_at is null or @IsIdempotent then 0 else 1 end,
            ambiguous_at = case when handed_over_at is null or @IsIdempotent then ambiguous_at else @Now end,
            resolution = case when handed_over_at is null or @IsIdempotent then resolution end,
            claimed_by = case when handed_over_at is null or @IsIdempotent then null else claimed_by end
        where status = 'claimed' and id <> all(@UnderWork) and (claimed_by = @Owner or not exists (
            select from pg_locks
            where locktype = 'advisory' and granted and objsubid = 1
                and database = (select oid from pg_database where datname = current_database())
                and (classid::bigint << 32) | objid::bigint = mails.claimed_by
        ))
        returning status::text
        """;

    private const string ResolveSql = """
        with resolved as (
            select m.id, coalesce(s.ambiguous_policy, @Policy) as policy
            from mails m left join sends s on s.id = m.send_id
            where m.status = 'ambiguous' and m.resolution is null
        ), reopened as (
            update sends set status = 'sending', ended_at = null
            where status = 'done' and id in (
                select m.send_id from mails m join resolved on resolved.id = m.id where resolved.policy = 'resend')
        )
        update mails m set
            resolution = case when r.policy = 'resend' then 'resent' else 'skipped' end,
            status = case when r.policy = 'resend' then 'queued' else 'ambiguous' end::mail_status,
            next_attempt_at = case when r.policy = 'resend' then @Now + interval '1 second' else m.next_attempt_at end,
            handed_over_at = case when r.policy = 'resend' then null else m.handed_over_at end,
            claimed_by = case when r.policy = 'resend' then null else m.claimed_by end
        from resolved r
        where m.id = r.id and m.status = 'ambiguous' and m.resolution is null
        returning m.resolution
        """;

    private const string FinishSql = """
        update mails set status = 'suppressed', reason = 'cancelled'
        where status = 'queued' and send_id in (select id from sends where status = 'cancelled' and ended_at > @Now - interval '1 day');

        update sends set status = 'done', ended_at = @Now
        where status = 'sending' and not exists (
            select from mails where send_id = sends.id and status in ('queued', 'claimed'));

        delete from idempotency_keys where at < @Now - interval '7 days'
        """;
}
