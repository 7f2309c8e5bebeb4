using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Chatbot.Handoff;

/// <summary>Keeps what automations ask for: that a person take over with a customer when they next write.</summary>
internal sealed class ChatHandoffRequestedConsumer(InboxServices<ChatbotDatabase> inbox)
    : InboxConsumer<ChatbotDatabase, ChatHandoffRequested>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<ChatHandoffRequested>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        await work.ExecuteAsync(
            """
            insert into requested_handoffs (id, customer_id, reason, automation, at)
            select r.* from unnest(@Ids::uuid[], @Customers::uuid[], @Reasons::text[], @Automations::text[], @Ats::timestamptz[])
                as r (id, customer_id, reason, automation, at)
            where not is_erased(r.customer_id)
            order by r.id
            on conflict do nothing
            """,
            new
            {
                Ids = messages.Select(m => m.Message.RequestId).ToArray(),
                Customers = messages.Select(m => m.Message.CustomerId).ToArray(),
                Reasons = messages.Select(m => m.Message.Reason).ToArray(),
                Automations = messages.Select(m => m.Message.Automation).ToArray(),
                Ats = messages.Select(m => m.Message.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }
}

internal static class RequestedHandoffs
{
    /// <summary>What was asked longer ago no longer has to do with what the customer writes now.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(30);

    /// <summary>Takes what is asked for this person, under any of their ids: one conversation answers all of it.</summary>
    /// <returns>The newest reason, for the person who takes over; null where nothing is asked.</returns>
    public static Task<string?> TakeAsync(UnitOfWork work, Guid customer, DateTimeOffset now, CancellationToken ct) =>
        work.QuerySingleOrDefaultAsync<string>(
            """
            with taken as (
                update requested_handoffs set used_at = @now
                where customer_id in (select same_person(@customer)) and used_at is null and at > @Since
                returning reason, at
            )
            select reason from taken order by at desc limit 1
            """,
            new
            {
                customer,
                now,
                Since = now - Lasts,
            },
            ct
        );
}
