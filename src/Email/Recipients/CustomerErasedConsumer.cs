using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Email.Recipients;

/// <summary>
/// Forgets a person with all ids that are this person, and the mails that lie as files. What stays is the keyed hash of each address: who
/// asked to be forgotten gets no mail because a list that is older is imported again, only after a word of their own.
/// </summary>
internal sealed class CustomerErasedConsumer(InboxServices<EmailDatabase> inbox, MailRoutes routes, TimeProvider clock)
    : InboxConsumer<EmailDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        foreach (var (_, person, trace, _) in messages)
        {
            Guid[] ids = [person.CustomerId, .. person.Ids ?? []];
            await work.LockForErasureAsync(EmailDatabase.Personal, ct);
            ids = [.. ids, .. await work.QueryAsync<Guid>(OfAddressesSql, new { Ids = ids }, ct)];
            var mails = await work.QueryAsync<(Guid Id, string Automation, DateTimeOffset CreatedAt)>(MailsSql, new { Ids = ids }, ct);
            await work.ExecuteAsync(
                SuppressSql,
                new
                {
                    Ids = ids,
                    Reason = MailPermission.Unsubscribed,
                    At = person.At.ToUniversalTime(),
                },
                ct
            );
            var erased = await work.EraseAsync(EmailDatabase.Personal, ids, person.At, ct);
            var files = mails.Count(mail => Forget(new OutgoingMail(mail.Id, mail.Automation, mail.CreatedAt)));
            if (person.RequestId is { } request)
                work.Publish(
                    new ErasureReceipt(
                        request,
                        "email",
                        files == 0 ? erased.Tables : [.. erased.Tables, new("files", files)],
                        clock.GetUtcNow()
                    ),
                    trace
                );
        }
    }

    /// <summary>A mail that left over a wire has no file here.</summary>
    private bool Forget(OutgoingMail mail)
    {
        if (routes.FindDelivered(mail) is not { } path)
            return false;
        File.Delete(path);
        return true;
    }

    private const string EverybodySql = """
        with everybody as (
            select same.customer_id, same.address_hash
            from recipients asked join recipients same on same.canonical_id = asked.canonical_id
            where asked.customer_id = any(@Ids)
            union
            select id, null from unnest(@Ids::uuid[]) as asked (id)
        )
        """;

    // Mails went to the address before it was known whose it is: their rows carry an id of the address.
    private const string OfAddressesSql =
        EverybodySql
        + """

            select distinct m.customer_id
            from everybody e join recipients r on r.customer_id = e.customer_id join mails m on lower(m.to_address) = lower(r.email)
            where not exists (select from recipients known where known.customer_id = m.customer_id)
            """;

    private const string MailsSql =
        EverybodySql + " select m.id, m.automation, m.created_at from mails m where m.customer_id in (select customer_id from everybody)";

    private const string SuppressSql =
        EverybodySql
        + """

            insert into suppressions (address_hash, reason, at)
            select distinct address_hash, @Reason, @At::timestamptz from everybody where address_hash is not null
            on conflict (address_hash) do update set at = greatest(suppressions.at, excluded.at)
            where suppressions.reason = excluded.reason
            """;
}
