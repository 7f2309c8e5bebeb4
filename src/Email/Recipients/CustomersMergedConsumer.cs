using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Recipients;

/// <summary>Two ids are one person from now on.</summary>
internal sealed class CustomersMergedConsumer(InboxServices<EmailDatabase> inbox, Subscribing subscribing)
    : InboxConsumer<EmailDatabase, CustomersMerged>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomersMerged>> messages, UnitOfWork work, CancellationToken ct)
    {
        await MergeLinks.ApplyAsync(
            work,
            [.. messages.Select(m => new MergeLink(m.Message.From, m.Message.Into, false, m.Message.At))],
            ct
        );
        await subscribing.TellAsync(work, [.. messages.Select(m => new Cause(m.Message.Into, m.TraceParent))], ct);
    }
}

/// <summary>A merge is taken back. Rows were never moved, so each id has exactly its own again.</summary>
internal sealed class CustomersUnmergedConsumer(InboxServices<EmailDatabase> inbox) : InboxConsumer<EmailDatabase, CustomersUnmerged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<CustomersUnmerged>> messages, UnitOfWork work, CancellationToken ct) =>
        MergeLinks.ApplyAsync(work, [.. messages.Select(m => new MergeLink(m.Message.From, m.Message.Into, true, m.Message.At))], ct);
}

internal sealed record MergeLink(Guid From, Guid Into, bool Undone, DateTimeOffset At);

/// <summary>
/// Merging joins ids by their canonical id and moves no row. So it can be undone, and it does not matter in which order merges, profiles
/// and consents come.
/// </summary>
internal static class MergeLinks
{
    public static async Task ApplyAsync(UnitOfWork work, IReadOnlyCollection<MergeLink> links, CancellationToken ct)
    {
        var values = new
        {
            From = links.Select(l => l.From).ToArray(),
            Into = links.Select(l => l.Into).ToArray(),
            Undone = links.Select(l => l.Undone).ToArray(),
            Times = links.Select(l => l.At.ToUniversalTime()).ToArray(),
            Ids = links.SelectMany(l => new[] { l.From, l.Into }).Distinct().ToArray(),
        };
        await work.ExecuteAsync(EmailDatabase.LockPeople, null, ct);
        await work.ExecuteAsync(LinkSql, values, ct);
        await work.ExecuteAsync(RegroupSql, values, ct);
        await work.ExecuteAsync(KeepOneMailSql, values, ct);
    }

    private const string LinkSql = """
        insert into recipients (customer_id, canonical_id)
        select id, id from unnest(@Ids::uuid[]) as m (id)
        where not is_erased(m.id)
        order by id
        on conflict do nothing;

        insert into merges (from_id, into_id, undone, at)
        select distinct on (m.from_id) m.from_id, m.into_id, m.undone, m.at
        from unnest(@From::uuid[], @Into::uuid[], @Undone::boolean[], @Times::timestamptz[]) as m (from_id, into_id, undone, at)
        where not is_erased(m.from_id) and not is_erased(m.into_id) and m.from_id <> m.into_id
        order by m.from_id, m.at desc, m.undone desc
        on conflict (from_id) do update set into_id = excluded.into_id, undone = excluded.undone, at = excluded.at
        where excluded.at > merges.at or (excluded.at = merges.at and excluded.undone)
        """;

    // Everybody whose chain leads through one of them. Not those who had the same canonical id: while a message is missing, merges can form
    // a circle, and then that id depends on where one begins.
    private const string RegroupSql = """
        with recursive affected (id) as (
            select unnest(@Ids::uuid[])
            union
            select m.from_id from merges m join affected a on m.into_id = a.id where not m.undone
        )
        update recipients set canonical_id = canonical(customer_id) where customer_id in (select id from affected)
        """;

    // Both ids may have had the same mail waiting: one person gets one.
    private const string KeepOneMailSql = """
        update mails late set status = 'suppressed', reason = 'merged'
        from recipients r, mails first, recipients other
        where late.status = 'queued'
            and r.customer_id = late.customer_id
            and r.canonical_id in (select canonical_id from recipients where customer_id = any(@Ids))
            and other.canonical_id = r.canonical_id
            and first.customer_id = other.customer_id
            and first.automation = late.automation and first.occurrence = late.occurrence
            and (first.id < late.id or first.status in ('claimed', 'sent', 'ambiguous')) and first.id <> late.id
            and first.status <> 'suppressed'
        """;
}
