using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>
/// Keeps the latest word on profiling; at the same instant a "no" wins. Who never said anything is profiled: whether to ask first is the
/// shop's to decide, and it then sends a refusal. A refusal also takes the customer's orders out of the next model.
/// </summary>
internal sealed class ConsentChangedConsumer(InboxServices<RecommendationDatabase> inbox, TimeProvider clock)
    : InboxConsumer<RecommendationDatabase, ConsentChanged>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<ConsentChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        var latest = messages
            .Select(m => m.Message)
            .Where(c => c.Purpose == ConsentPurposes.Profiling)
            .OrderByDescending(c => c.At)
            .ThenBy(c => c.Granted)
            .DistinctBy(c => c.CustomerId)
            .ToArray();
        if (latest.Length == 0)
        {
            return;
        }
        var changed = await work.ExecuteAsync(
            Sql,
            new
            {
                CustomerIds = latest.Select(c => c.CustomerId).ToArray(),
                Granted = latest.Select(c => c.Granted).ToArray(),
                Ats = latest.Select(c => c.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
        if (changed > 0)
        {
            await TrainingSignals.AddAsync(work, requested: false, orders: 0, clock.GetUtcNow(), ct);
        }
    }

    private const string Sql = """
        insert into profiling_consents as known (customer_id, granted, at)
        select * from unnest(@CustomerIds::uuid[], @Granted::boolean[], @Ats::timestamptz[]) as c (customer_id, granted, at)
        where not is_erased(c.customer_id)
        order by c.customer_id
        on conflict (customer_id) do update set granted = excluded.granted, at = excluded.at
        where known.at < excluded.at or (known.at = excluded.at and not excluded.granted)
        """;
}
