using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>
/// Deletes a customer with everything that was merged into them, and remembers only hashes of the ids, so that an event that comes
/// late does not bring them back.
/// </summary>
internal sealed class CustomerErasedConsumer(InboxServices<AdsDatabase> inbox) : InboxConsumer<AdsDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.ExecuteAsync(AdsDatabase.ExclusiveForErasure, null, ct);
        var ids = await work.QueryAsync<Guid>(SamePersonSql, new { Ids = messages.Select(m => m.Message.CustomerId).ToArray() }, ct);
        await work.ExecuteAsync(EraseSql, new { Ids = ids.ToArray(), At = messages.Max(m => m.Message.At).ToUniversalTime() }, ct);
    }

    private const string SamePersonSql = """
        with recursive person (id) as (
            select unnest(@Ids::uuid[])
            union
            select g.from_id from merges g join person p on g.into_id = p.id where g.active
        )
        select id from person
        """;

    private static readonly string EraseSql = $"""
        {string.Concat(PersonalData.Columns.Select(c => $"delete from {c.Table} where {c.Name} = any (@Ids);\n"))}
        insert into erased (id_hash, at) select sha256(uuid_send(id)), @At from unnest(@Ids::uuid[]) as person (id)
        on conflict (id_hash) do nothing
        """;
}
