using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Chatbot.People;

/// <summary>
/// Deletes orders, refunds and conversations of all ids that are this person, and remembers hashes of the ids, so that a late event cannot
/// bring the person back. No model learns from conversations, so none has to forget.
/// </summary>
internal sealed class CustomerErasedConsumer(InboxServices<ChatbotDatabase> inbox, TimeProvider clock)
    : InboxConsumer<ChatbotDatabase, CustomerErased>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerErased>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.ExecuteAsync(ChatbotDatabase.LockPeople, null, ct);
        var customers = messages.Select(m => m.Message.CustomerId).Distinct().ToArray();
        var ids = (await work.QueryAsync<Guid>(PersonSql, new { customers }, ct)).ToArray();
        await work.ExecuteAsync(RememberSql, new { ids, now = clock.GetUtcNow() }, ct);
        foreach (var (table, column) in ChatbotDatabase.PersonalTables)
        {
            await work.ExecuteAsync($"delete from {table} where {column} = any(@ids)", new { ids }, ct);
        }
    }

    private const string PersonSql = "select distinct person from unnest(@customers::uuid[]) c, same_person(c) person";

    private const string RememberSql = """
        insert into erased_customers (customer_hash, at)
        select md5(id::text), @now from unnest(@ids::uuid[]) id order by 1
        on conflict do nothing
        """;
}
