using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Chatbot.People;

/// <summary>
/// Who is the same person as whom. Rows keep the id they came with and <c>same_person()</c> gathers them when they are read: a merge is one
/// row whatever its size, undoing it gives each id its own rows back, and a late event of the old id lands at the person it belongs to.
/// The latest word by event time wins, at the same instant the merge.
/// </summary>
internal static class CustomerAliases
{
    public static async Task SaveAsync(
        UnitOfWork work,
        bool merged,
        IEnumerable<(Guid From, Guid Into, DateTimeOffset At)> links,
        CancellationToken ct
    )
    {
        var latest = links.Where(l => l.From != l.Into).OrderByDescending(l => l.At).DistinctBy(l => l.From).ToArray();
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        await work.ExecuteAsync(
            Sql,
            new
            {
                merged,
                From = latest.Select(l => l.From).ToArray(),
                Into = latest.Select(l => l.Into).ToArray(),
                Ats = latest.Select(l => l.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }

    private const string Sql = """
        insert into customer_aliases as known (from_id, into_id, merged, at)
        select from_id, into_id, @merged, at
        from unnest(@From::uuid[], @Into::uuid[], @Ats::timestamptz[]) as l (from_id, into_id, at)
        where not is_erased(from_id) and not is_erased(into_id)
        order by from_id
        on conflict (from_id) do update set into_id = excluded.into_id, merged = excluded.merged, at = excluded.at
        where known.at < excluded.at or (known.at = excluded.at and excluded.merged)
        """;
}

internal sealed class CustomersMergedConsumer(InboxServices<ChatbotDatabase> inbox) : InboxConsumer<ChatbotDatabase, CustomersMerged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<CustomersMerged>> messages, UnitOfWork work, CancellationToken ct) =>
        CustomerAliases.SaveAsync(work, merged: true, messages.Select(m => (m.Message.From, m.Message.Into, m.Message.At)), ct);
}

internal sealed class CustomersUnmergedConsumer(InboxServices<ChatbotDatabase> inbox)
    : InboxConsumer<ChatbotDatabase, CustomersUnmerged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<CustomersUnmerged>> messages, UnitOfWork work, CancellationToken ct) =>
        CustomerAliases.SaveAsync(work, merged: false, messages.Select(m => (m.Message.From, m.Message.Into, m.Message.At)), ct);
}
