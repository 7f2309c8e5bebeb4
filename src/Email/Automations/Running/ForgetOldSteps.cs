using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>
/// Deletes what is too old to matter: events that no condition looks back at, and the steps of journeys that ended long ago. In sets, so
/// that nobody waits for it; several instances may do it at once.
/// </summary>
internal sealed class ForgetOldSteps(
    EmailDatabase db,
    AutomationStore store,
    IOptions<EmailOptions> options,
    TimeProvider clock,
    ILogger<ForgetOldSteps> log
) : BackgroundService
{
    private const int SetSize = 5_000;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Interval,
            db,
            ForgetAsync,
            e => log.LogError(e, "Old steps could not be deleted; trying again in {Interval}", Interval),
            clock,
            stoppingToken
        );

    /// <returns>How many events and steps went.</returns>
    internal async Task<(int Events, int Steps)> ForgetAsync(CancellationToken ct)
    {
        var (now, keep) = (clock.GetUtcNow(), options.Value.Keep);
        var plans = await store.ReadyAsync(ct);
        var looksBack = plans.All.SelectMany(plan => plan.LooksBack).ToLookup(one => one.Key, one => one.Value);
        // What a condition counts without an end stays; all else goes by its own time.
        var named = looksBack.Where(one => one.All(within => within is not null)).ToArray();
        var events = await InSetsAsync(
            EventsSql,
            new
            {
                Before = now - keep.Events,
                Now = now,
                SetSize,
                Known = looksBack.Select(one => one.Key).ToArray(),
                Names = named.Select(one => one.Key).ToArray(),
                Windows = named.Select(one => Math.Max(one.Max()!.Value.TotalSeconds, keep.Events.TotalSeconds)).ToArray(),
            },
            ct
        );
        var steps = await InSetsAsync(StepsSql, new { Before = now - keep.Stories, SetSize }, ct);
        return (events, steps);
    }

    private async Task<int> InSetsAsync(string sql, object values, CancellationToken ct)
    {
        var all = 0;
        while (await db.ExecuteAsync(sql, values, ct) is > 0 and var gone)
            all += gone;
        return all;
    }

    private const string EventsSql = """
        with old as (
            select ctid from person_events e
            where e.at < @Before and (
                e.name <> all(@Known)
                or exists (
                    select from unnest(@Names::text[], @Windows::double precision[]) as w (name, within)
                    where w.name = e.name and e.at < @Now - make_interval(secs => w.within)))
            limit @SetSize
        )
        delete from person_events where ctid in (select ctid from old)
        """;

    private const string StepsSql = """
        with old as (
            select s.ctid from journey_steps s join journeys j on j.id = s.journey_id
            where s.at < @Before and j.outcome is not null and j.node_at < @Before
            limit @SetSize
        )
        delete from journey_steps where ctid in (select ctid from old)
        """;
}
