using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>
/// Deletes a customer with everything that was merged into them, and remembers only hashes of the ids, so that an event that comes
/// late does not bring them back. Nobody is told that an erased customer left a segment: whoever keeps rows hears of the erasure itself.
/// </summary>
internal sealed class CustomerErasedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.ExecuteAsync(SegmentationDatabase.ExclusiveForErasure, null, ct);
        var ids = await work.QueryAsync<Guid>(SamePersonSql, new { Ids = messages.Select(m => m.Message.CustomerId).ToArray() }, ct);
        await work.ExecuteAsync(EraseSql, new { Ids = ids.ToArray(), At = messages.Max(m => m.Message.At) }, ct);
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
        on conflict (id_hash) do nothing;
        {SegmentationDatabase.MarkChanged}
        """;
}
