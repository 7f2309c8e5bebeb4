using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.AdOptimization.Traffic;

/// <summary>Keeps page views that adverts led to.</summary>
internal sealed class BehaviourBatchConsumer(InboxServices<AdsDatabase> inbox) : InboxConsumer<AdsDatabase, BehaviourBatch>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<BehaviourBatch>> messages, UnitOfWork work, CancellationToken ct)
    {
        var visits = messages.SelectMany(m => m.Message.Events).Select(AdVisit.Of).OfType<AdVisit>().ToArray();
        if (visits.Length == 0)
            return;
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = visits.Select(v => v.EventId).ToArray(),
                Customers = visits.Select(v => v.CustomerId).ToArray(),
                At = visits.Select(v => v.At.UtcDateTime).ToArray(),
                Kinds = visits.Select(v => v.ClickKind).ToArray(),
                Clicks = visits.Select(v => v.ClickId).ToArray(),
                Sources = visits.Select(v => v.Source).ToArray(),
                Channels = visits.Select(v => v.Channel).ToArray(),
                Campaigns = visits.Select(v => v.Campaign).ToArray(),
                AdSets = visits.Select(v => v.AdSet).ToArray(),
                Creatives = visits.Select(v => v.Creative).ToArray(),
                Machines = visits.Select(v => v.IsMachine).ToArray(),
            },
            ct
        );
    }

    private const string Sql = $"""
        {AdsDatabase.SharedWithErasure}
        insert into ad_visits (event_id, customer_id, at, click_kind, click_id, source, channel, campaign, ad_set, creative, is_machine)
        select * from unnest(
            @Ids::uuid[], @Customers::uuid[], @At::timestamptz[], @Kinds::text[], @Clicks::text[], @Sources::text[], @Channels::text[],
            @Campaigns::text[], @AdSets::text[], @Creatives::text[], @Machines::boolean[]
        ) as v (event_id, customer_id, at, click_kind, click_id, source, channel, campaign, ad_set, creative, is_machine)
        where not is_erased(customer_id)
        order by event_id
        on conflict (event_id) do nothing
        """;
}
