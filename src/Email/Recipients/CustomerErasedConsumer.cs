using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Recipients;

/// <summary>
/// Forgets a person with all ids that are this person. What stays is no personal data: the ids, so that late events find nobody, and the
/// keyed hash of an address that asked for no mail.
/// </summary>
internal sealed class CustomerErasedConsumer(InboxServices<EmailDatabase> inbox) : InboxConsumer<EmailDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.ExecuteAsync(EmailDatabase.LockPeople, null, ct);
        var ids = await work.QueryAsync<Guid>(
            """
            with asked as (
                select * from unnest(@Ids::uuid[], @Times::timestamptz[]) as a (customer_id, at)
            ), everybody as (
                select customer_id, at from asked
                union all
                select same.customer_id, asked.at
                from asked join recipients r using (customer_id) join recipients same on same.canonical_id = r.canonical_id
            )
            insert into erasures (customer_id, at)
            select customer_id, min(at) from everybody group by customer_id
            on conflict (customer_id) do update set at = least(erasures.at, excluded.at)
            returning customer_id
            """,
            new
            {
                Ids = messages.Select(m => m.Message.CustomerId).ToArray(),
                Times = messages.Select(m => m.Message.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
        // Messages went to the address before it was known whose it is: their rows carry an id of the address.
        var ofAddresses = await work.QueryAsync<Guid>(
            """
            select distinct m.customer_id from recipients r join mails m on lower(m.to_address) = lower(r.email)
            where r.customer_id = any(@Ids) and not exists (select from recipients known where known.customer_id = m.customer_id)
            """,
            new { Ids = ids.ToArray() },
            ct
        );
        var erased = new { Ids = ids.Concat(ofAddresses).ToArray() };
        foreach (var (table, column) in EmailDatabase.PersonalTables)
            await work.ExecuteAsync($"delete from {table} where {column} = any(@Ids)", erased, ct);
        await work.ExecuteAsync("delete from merges where from_id = any(@Ids) or into_id = any(@Ids)", erased, ct);
    }
}
