using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>Keeps the latest word by event time for each customer and purpose; of two at the same instant, the refusal.</summary>
internal sealed class ConsentChangedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, ConsentChanged>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<ConsentChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        var consents = messages.Select(m => m.Message).ToList();
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = consents.ConvertAll(c => c.CustomerId).ToArray(),
                Purposes = consents.ConvertAll(c => c.Purpose).ToArray(),
                Granted = consents.ConvertAll(c => c.Granted).ToArray(),
                Sources = consents.ConvertAll(c => c.Source).ToArray(),
                At = consents.ConvertAll(c => c.At.UtcDateTime).ToArray(),
            },
            ct
        );
        await StoreEvents.MarkAsync(work, consents.Select(c => c.CustomerId), ct);
    }

    private const string Sql = $"""
        {SegmentationDatabase.SharedWithErasure}
        insert into consents as c (origin_id, purpose, granted, source, at)
        select distinct on (id, purpose) id, purpose, granted, source, at
        from unnest(@Ids::uuid[], @Purposes::text[], @Granted::boolean[], @Sources::text[], @At::timestamptz[])
            as news (id, purpose, granted, source, at)
        where not is_erased(id)
        order by id, purpose, at desc, granted
        on conflict (origin_id, purpose) do update set granted = excluded.granted, source = excluded.source, at = excluded.at
        where excluded.at > c.at or (excluded.at = c.at and c.granted and not excluded.granted)
        """;
}
