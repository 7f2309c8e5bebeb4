using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.AdOptimization.Audiences;

/// <summary>Keeps the latest word on <c>ads_audience</c> by event time; of two at the same instant, the refusal.</summary>
internal sealed class ConsentChangedConsumer(InboxServices<AdsDatabase> inbox) : InboxConsumer<AdsDatabase, ConsentChanged>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<ConsentChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        var consents = messages.Select(m => m.Message).Where(c => c.Purpose == ConsentPurposes.AdsAudience).ToList();
        if (consents.Count == 0)
            return;
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = consents.ConvertAll(c => c.CustomerId).ToArray(),
                Granted = consents.ConvertAll(c => c.Granted).ToArray(),
                At = consents.ConvertAll(c => c.At.UtcDateTime).ToArray(),
            },
            ct
        );
    }

    private const string Sql = $"""
        {AdsDatabase.SharedWithErasure}
        insert into consents as c (customer_id, granted, at)
        select distinct on (id) id, granted, at
        from unnest(@Ids::uuid[], @Granted::boolean[], @At::timestamptz[]) as news (id, granted, at)
        where not is_erased(id)
        order by id, at desc, granted
        on conflict (customer_id) do update set granted = excluded.granted, at = excluded.at
        where excluded.at > c.at or (excluded.at = c.at and c.granted and not excluded.granted)
        """;
}
