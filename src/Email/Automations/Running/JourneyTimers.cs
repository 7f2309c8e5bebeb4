using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>
/// Wakes journeys whose time has come. Several instances share the work: each takes what no other holds. What a step does is written in
/// the transaction that moves the journey, so a stop in the middle means that the step is done again from the start, once.
/// </summary>
internal sealed class JourneyTimers(
    EmailDatabase db,
    AutomationStore store,
    FactsReader facts,
    EffectWriter effects,
    TimeProvider clock,
    ILogger<JourneyTimers> log
) : BackgroundService
{
    private const int SetSize = 500;

    /// <summary>A journey that begins to wait does not ring: it is found at the next look at the latest.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(
            db,
            async ct => await WakeAsync(ct) < SetSize ? await PauseAsync(ct) : TimeSpan.Zero,
            PauseAfterFailure,
            e => log.LogError(e, "Journeys paused"),
            clock,
            stoppingToken
        );

    /// <summary>Moves one set of journeys that are due.</summary>
    /// <returns>How many were.</returns>
    internal async Task<int> WakeAsync(CancellationToken ct)
    {
        var plans = await store.ReadyAsync(ct);
        var now = clock.GetUtcNow();
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        var due = await work.QueryAsync<JourneyTable.Row>(
            $"""
            select {JourneyTable.Columns} from journeys j
            where j.outcome is null and j.wake_at <= @Now
            order by j.wake_at limit {SetSize} for update skip locked
            """,
            new { Now = now },
            ct
        );
        if (due.Count == 0)
            return 0;
        var persons = await PersonsAsync(work, due, ct);
        var known = await facts.LoadAsync(
            work,
            plans,
            [.. persons.Values.Distinct()],
            plans.AsksRhythm ? [.. due.SelectMany(row => EventData.Products(row.ToJourney().Data)).Distinct()] : [],
            now,
            ct
        );
        List<Transition> transitions = [];
        foreach (var journey in due.Select(row => row.ToJourney()))
        {
            var plan = plans.Find(journey.Automation, journey.Version);
            transitions.Add(
                plan is null || !persons.TryGetValue(journey.CustomerId, out var person)
                    ? Lost(journey, now)
                    : Executor.Step(plan, journey, null, now, known[person])
            );
        }
        await JourneyTable.SaveAsync(work, transitions, new HashSet<Guid>(), now, ct);
        await effects.WriteAsync(work, plans, transitions, now, ct);
        await JourneyTable.CountAsync(work, transitions, ct);
        await work.CommitAsync(ct);
        return due.Count;
    }

    // Another instance may have saved the version a moment ago: then it is looked at again soon.
    private static Transition Lost(Journey journey, DateTimeOffset now) =>
        Transition.None(journey with { WakeAt = now + TimeSpan.FromSeconds(5) });

    private static async Task<Dictionary<Guid, Guid>> PersonsAsync(
        UnitOfWork work,
        IReadOnlyCollection<JourneyTable.Row> due,
        CancellationToken ct
    ) =>
        (
            await work.QueryAsync<(Guid Id, Guid Person)>(
                "select customer_id as id, canonical_id as person from recipients where customer_id = any(@Ids)",
                new { Ids = due.Select(row => row.CustomerId).Distinct().ToArray() },
                ct
            )
        ).ToDictionary(row => row.Id, row => row.Person);

    private async Task<TimeSpan> PauseAsync(CancellationToken ct)
    {
        var next = await db.QuerySingleOrDefaultAsync<DateTimeOffset?>("select min(wake_at) from journeys where outcome is null", null, ct);
        var pause = next is { } at ? at - clock.GetUtcNow() : LongestPause;
        return TimeSpan.FromMilliseconds(Math.Clamp(pause.TotalMilliseconds, 10, LongestPause.TotalMilliseconds));
    }
}
