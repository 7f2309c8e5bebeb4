using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>Keeps what automations say about who is in an audience: the newest by event time; of two at one instant, the one that takes out.</summary>
internal sealed class AudienceMembershipDecidedConsumer(InboxServices<AdsDatabase> inbox)
    : InboxConsumer<AdsDatabase, AudienceMembershipDecided>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<AudienceMembershipDecided>> messages, UnitOfWork work, CancellationToken ct) =>
        work.ExecuteAsync(
            Sql,
            new
            {
                Audiences = messages.Select(m => m.Message.Audience).ToArray(),
                Customers = messages.Select(m => m.Message.CustomerId).ToArray(),
                Adds = messages.Select(m => m.Message.Adds).ToArray(),
                Automations = messages.Select(m => m.Message.Automation).ToArray(),
                At = messages.Select(m => m.Message.At.UtcDateTime).ToArray(),
            },
            ct
        );

    private const string Sql = $"""
        {AdsDatabase.SharedWithErasure}
        insert into audience_words as w (audience, customer_id, adds, automation, at)
        select distinct on (audience, customer_id) audience, customer_id, adds, automation, at
        from unnest(@Audiences::text[], @Customers::uuid[], @Adds::boolean[], @Automations::text[], @At::timestamptz[])
            as news (audience, customer_id, adds, automation, at)
        where not is_erased(customer_id)
        order by audience, customer_id, at desc, adds
        on conflict (audience, customer_id) do update set adds = excluded.adds, automation = excluded.automation, at = excluded.at
        where excluded.at > w.at or (excluded.at = w.at and w.adds and not excluded.adds)
        """;
}
