using System.Text.Json;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Platform.Hosting;
using Npgsql;

namespace MarketingPlatform.Email.Sending;

/// <summary>The statements with which a group of steps is written, for any number of mails.</summary>
internal static class LedgerSteps
{
    /// <returns>
    /// Where there are outcomes: the ids of those that were written. Where there are hand-overs: id and whether it leaves, then the persons
    /// and who is whom, as <see cref="People.ReadByIdAsync"/> reads them.
    /// </returns>
    public static NpgsqlBatch Of(NpgsqlConnection connection, long owner, MailOutcome[] outcomes, HandOver[] mails, DateTimeOffset now)
    {
        var batch = new NpgsqlBatch(connection);
        if (outcomes.Length > 0)
            batch.BatchCommands.Add(Write(outcomes, owner, now));
        if (mails.Length == 0)
            return batch;
        batch.BatchCommands.Add(HandOver(mails, owner, now));
        var people = mails.Select(m => m.Mail.CustomerId).ToArray();
        foreach (var sql in People.ByIdSqls)
            batch.BatchCommands.Add(new(sql) { Parameters = { new("Ids", people) } });
        return batch;
    }

    private static NpgsqlBatchCommand Write(MailOutcome[] outcomes, long owner, DateTimeOffset now) =>
        new(OutcomesSql)
        {
            Parameters =
            {
                new("Owner", owner),
                new("Now", now),
                new("Ids", Each(outcomes, o => o.Mail.Id)),
                new("Statuses", Each(outcomes, o => o.Status)),
                new("Reasons", Each(outcomes, o => o.Reason)),
                new("Locations", Each(outcomes, o => o.Location)),
                new("Routes", Each(outcomes, o => o.Route)),
                new("Attempts", Each(outcomes, o => o.Attempts)),
                new("Next", Each(outcomes, o => o.NextAttemptAt?.ToUniversalTime())),
                new("Due", Each(outcomes, o => o.DueAt?.ToUniversalTime())),
                new("Bounced", Each(outcomes, o => o.Bounced is not null)),
            },
        };

    private static NpgsqlBatchCommand HandOver(HandOver[] mails, long owner, DateTimeOffset now) =>
        new(HandOverSql)
        {
            Parameters =
            {
                new("Owner", owner),
                new("Now", now),
                new("Ids", Each(mails, m => m.Mail.Id)),
                new("Addresses", Each(mails, m => m.Address)),
                new("Domains", Each(mails, m => m.Domain)),
                new("Subjects", Each(mails, m => m.Subject)),
                new("Routes", Each(mails, m => m.Route)),
                new("Products", Each(mails, m => m.Products.Count == 0 ? "[]" : JsonSerializer.Serialize(m.Products, Json.Options))),
            },
        };

    private static TValue[] Each<T, TValue>(T[] items, Func<T, TValue> value) => Array.ConvertAll(items, item => value(item));

    // A claim that another sender took for an orphan's is ambiguous there; who knows better may say so.
    private const string OutcomesSql = """
        update mails m set
            status = case when o.status = 'queued' and exists (select from sends where id = m.send_id and status = 'cancelled') then 'suppressed' else o.status end::mail_status,
            reason = case when o.status = 'queued' and exists (select from sends where id = m.send_id and status = 'cancelled') then 'cancelled' else o.reason end,
            location = coalesce(o.location, m.location),
            route = coalesce(o.route, m.route),
            attempts = coalesce(o.attempts, m.attempts),
            next_attempt_at = coalesce(o.next, m.next_attempt_at),
            due_at = coalesce(o.due, m.due_at),
            sent_at = case when o.status = 'sent' then @Now else m.sent_at end,
            handed_over_at = case when o.status = 'queued' then null else m.handed_over_at end,
            claimed_by = case when o.status = 'queued' then null else m.claimed_by end,
            bounced_at = case when o.bounced then @Now else m.bounced_at end,
            ambiguous_count = m.ambiguous_count + case when o.status = 'ambiguous' then 1 else 0 end,
            ambiguous_at = case when o.status = 'ambiguous' then @Now else m.ambiguous_at end,
            resolution = case when o.status = 'ambiguous' then null else m.resolution end
        from unnest(@Ids::uuid[], @Statuses::text[], @Reasons::text[], @Locations::text[], @Routes::text[], @Attempts::int[],
                @Next::timestamptz[], @Due::timestamptz[], @Bounced::boolean[])
            as o (id, status, reason, location, route, attempts, next, due, bounced)
        where m.id = o.id and m.status in ('claimed', 'ambiguous') and m.claimed_by = @Owner
        returning m.id
        """;

    // The row of a send that is held comes back without the mark: its mail does not leave. The status is compared as text to keep the planner from
    // the index of claims: it expects few there, and would read the entries of all that were claimed since the last vacuum for each group.
    private const string HandOverSql = """
        update mails m set
            handed_over_at = case when not exists (select from sends where id = m.send_id and status <> 'sending') then @Now end,
            address = h.address, domain = h.domain, subject = h.subject, route = h.route, products = h.products::jsonb
        from unnest(@Ids::uuid[], @Addresses::text[], @Domains::text[], @Subjects::text[], @Routes::text[], @Products::text[])
            as h (id, address, domain, subject, route, products)
        where m.id = h.id and m.status::text = 'claimed' and m.claimed_by = @Owner
        returning m.id, m.handed_over_at is not null
        """;
}
