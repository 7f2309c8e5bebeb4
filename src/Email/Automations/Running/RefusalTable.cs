using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>Who was not let in, and why: the last word for each person, automation and key.</summary>
internal static class RefusalTable
{
    public static Task SaveAsync(
        UnitOfWork work,
        IReadOnlyList<(Guid Person, Refusal Refusal, DateTimeOffset At)> refused,
        CancellationToken ct
    )
    {
        var last = refused
            .GroupBy(r => (r.Person, r.Refusal.Automation, r.Refusal.Key))
            .Select(group => group.Last())
            .OrderBy(r => r.Person)
            .ThenBy(r => r.Refusal.Automation, StringComparer.Ordinal)
            .ThenBy(r => r.Refusal.Key, StringComparer.Ordinal)
            .ToArray();
        return last.Length == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                insert into journey_refusals (customer_id, automation, key, gate, observed, at)
                select * from unnest(@People::uuid[], @Automations::text[], @Keys::text[], @Gates::text[], @Observed::text[], @Times::timestamptz[])
                    as r (customer_id, automation, key, gate, observed, at)
                on conflict (customer_id, automation, key)
                do update set gate = excluded.gate, observed = excluded.observed, at = excluded.at
                """,
                new
                {
                    People = last.Select(r => r.Person).ToArray(),
                    Automations = last.Select(r => r.Refusal.Automation).ToArray(),
                    Keys = last.Select(r => r.Refusal.Key).ToArray(),
                    Gates = last.Select(r => r.Refusal.Gate).ToArray(),
                    Observed = last.Select(r => r.Refusal.Observed).ToArray(),
                    Times = last.Select(r => r.At).ToArray(),
                },
                ct
            );
    }
}
