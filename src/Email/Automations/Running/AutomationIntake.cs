using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>Lets automations hear what happened, in the transaction that takes the news in.</summary>
internal sealed class AutomationIntake(
    AutomationStore store,
    FactsReader facts,
    EffectWriter effects,
    IOptions<EmailOptions> options,
    IOptions<MessagingOptions> messaging,
    TimeProvider clock
)
{
    /// <summary>Whether anything listens to it: what nobody cares about costs nothing.</summary>
    public async Task<bool> CaresAboutAsync(string name, CancellationToken ct)
    {
        var plans = await store.ReadyAsync(ct);
        return plans.Names.Contains(name) || plans.Remembers.Contains(name);
    }

    public async Task HandleAsync(UnitOfWork work, IEnumerable<AutomationEvent> happened, CancellationToken ct)
    {
        var plans = await store.ReadyAsync(ct);
        var events = happened
            .Where(e => plans.Names.Contains(e.Name) || plans.Remembers.Contains(e.Name))
            .OrderBy(e => e.At)
            .ThenBy(e => e.Id)
            .ToArray();
        if (events.Length == 0)
            return;
        var now = clock.GetUtcNow();
        var persons = await LockAsync(work, events, ct);
        events = [.. events.Where(e => persons.ContainsKey(e.CustomerId))];
        await RememberAsync(work, plans, events, ct);

        var people = events.Select(e => persons[e.CustomerId]).Distinct().ToArray();
        var journeys = await UnderWayAsync(work, people, ct);
        var earlier = await EarlierAsync(work, plans, events, people, ct);
        string[] products = plans.AsksRhythm
            ? [.. events.Select(e => e.Data).Concat(journeys.Select(j => j.Journey.Data)).SelectMany(EventData.Products).Distinct()]
            : [];
        var known = await facts.LoadAsync(work, plans, people, products, now, ct);

        var entries = await EntriesAsync(work, plans, events, ct);
        var state = new Situation(journeys, earlier);
        List<Transition> transitions = [];
        HashSet<Guid> isNew = [];
        List<(Guid Person, Refusal Refusal, DateTimeOffset At)> refused = [];
        foreach (var e in events)
        {
            var person = persons[e.CustomerId];
            var round = PersonRound.Handle(
                plans,
                e,
                person,
                state.UnderWay(person),
                (automation, key) => state.Earlier(person, automation, key),
                options.Value.HoldOut.Rules,
                entries,
                () => Guid.CreateVersion7(now),
                now - e.At <= messaging.Value.MaxTriggerAge,
                now,
                known[person]
            );
            foreach (var transition in round.Moved)
                state.Move(person, transition.Journey);
            foreach (var transition in round.Entered)
            {
                isNew.Add(transition.Journey.Id);
                state.Enter(person, transition.Journey);
            }
            transitions.AddRange(round.Moved);
            transitions.AddRange(round.Entered);
            refused.AddRange(round.Refused.Select(refusal => (person, refusal, now)));
        }
        await JourneyTable.SaveAsync(work, transitions, isNew, now, ct);
        await RefusalTable.SaveAsync(work, refused, ct);
        await JourneyGoals.RecordAsync(work, plans, events, persons, known, ct);
        await effects.WriteAsync(work, plans, transitions, now, ct);
        await JourneyTable.CountAsync(work, transitions, ct);
    }

    /// <returns>The person behind each id; the forgotten have none.</returns>
    private static async Task<Dictionary<Guid, Guid>> LockAsync(UnitOfWork work, AutomationEvent[] events, CancellationToken ct)
    {
        var ids = events.Select(e => e.CustomerId).Distinct().ToArray();
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        await work.ExecuteAsync(
            """
            insert into recipients (customer_id, canonical_id)
            select id, id from unnest(@Ids::uuid[]) as e (id) where not is_erased(id) order by id
            on conflict do nothing
            """,
            new { Ids = ids },
            ct
        );
        await People.LockAsync(work, ids, ct);
        return (
            await work.QueryAsync<(Guid Id, Guid Person)>(
                "select customer_id as id, canonical_id as person from recipients where customer_id = any(@Ids)",
                new { Ids = ids },
                ct
            )
        ).ToDictionary(row => row.Id, row => row.Person);
    }

    private static Task RememberAsync(UnitOfWork work, Plans plans, AutomationEvent[] events, CancellationToken ct)
    {
        var kept = events.Where(e => plans.Remembers.Contains(e.Name)).ToArray();
        return kept.Length == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                insert into person_events (customer_id, name, event_id, at)
                select * from unnest(@Customers::uuid[], @Names::text[], @Ids::uuid[], @Times::timestamptz[]) as e (customer_id, name, event_id, at)
                on conflict do nothing
                """,
                new
                {
                    Customers = kept.Select(e => e.CustomerId).ToArray(),
                    Names = kept.Select(e => e.Name).ToArray(),
                    Ids = kept.Select(e => e.Id).ToArray(),
                    Times = kept.Select(e => e.At.ToUniversalTime()).ToArray(),
                },
                ct
            );
    }

    private static async Task<List<(Guid Person, Journey Journey)>> UnderWayAsync(UnitOfWork work, Guid[] people, CancellationToken ct)
    {
        // A timer may hold some of them for a moment; persons are held already, so nobody else can.
        var rows = await work.QueryAsync<JourneyTable.Row>(
            $"""
            select {JourneyTable.Columns} from journeys j
            where j.outcome is null and j.customer_id in (select customer_id from recipients where canonical_id = any(@People))
            order by j.id for update
            """,
            new { People = people },
            ct
        );
        if (rows.Count == 0)
            return [];
        var persons = (
            await work.QueryAsync<(Guid Id, Guid Person)>(
                "select customer_id as id, canonical_id as person from recipients where customer_id = any(@Ids)",
                new { Ids = rows.Select(row => row.CustomerId).Distinct().ToArray() },
                ct
            )
        ).ToDictionary(row => row.Id, row => row.Person);
        return [.. rows.Select(row => (persons[row.CustomerId], row.ToJourney())).OrderBy(j => j.Item2.EnteredAt).ThenBy(j => j.Item2.Id)];
    }

    private static async Task<Dictionary<(Guid, string, string), EarlierJourneys>> EarlierAsync(
        UnitOfWork work,
        Plans plans,
        AutomationEvent[] events,
        Guid[] people,
        CancellationToken ct
    )
    {
        var names = events.Select(e => e.Name).ToHashSet();
        var automations = plans.Open.Where(plan => names.Contains(plan.TriggerEvent)).Select(plan => plan.Name).ToArray();
        if (automations.Length == 0)
            return [];
        var rows = await work.QueryAsync<EarlierRow>(
            """
            select r.canonical_id as person, j.automation, j.key, max(j.generation) as generation, bool_or(j.outcome is null) as is_under_way,
                max(j.entered_at) as entered_at
            from recipients r join journeys j using (customer_id)
            where r.canonical_id = any(@People) and j.automation = any(@Automations)
            group by 1, 2, 3
            """,
            new { People = people, Automations = automations },
            ct
        );
        return rows.ToDictionary(
            row => (row.Person, row.Automation, row.Key),
            row => new EarlierJourneys(row.Generation, row.IsUnderWay, row.EnteredAt)
        );
    }

    private static async Task<Dictionary<string, long>> EntriesAsync(
        UnitOfWork work,
        Plans plans,
        AutomationEvent[] events,
        CancellationToken ct
    )
    {
        var names = events.Select(e => e.Name).ToHashSet();
        string[] automations = [.. plans.Open.Where(plan => names.Contains(plan.TriggerEvent)).Select(plan => plan.Name)];
        return automations.Length == 0
            ? []
            : (
                await work.QueryAsync<(string Automation, long Count)>(
                    """
                    select automation, sum(count)::bigint as count from journey_counts
                    where automation = any(@Automations) and node = 'entry' and kind = 'entry' group by automation
                    """,
                    new { Automations = automations },
                    ct
                )
            ).ToDictionary(row => row.Automation, row => row.Count);
    }

    private sealed record EarlierRow(Guid Person, string Automation, string Key, int Generation, bool IsUnderWay, DateTimeOffset EnteredAt);

    /// <summary>What people are in the middle of, while a set of events is worked through.</summary>
    private sealed class Situation(
        List<(Guid Person, Journey Journey)> journeys,
        Dictionary<(Guid Person, string Automation, string Key), EarlierJourneys> earlier
    )
    {
        private readonly Dictionary<Guid, List<Journey>> underWay = journeys
            .GroupBy(j => j.Person)
            .ToDictionary(group => group.Key, group => group.Select(j => j.Journey).ToList());

        public IReadOnlyCollection<Journey> UnderWay(Guid person) => underWay.TryGetValue(person, out var found) ? [.. found] : [];

        public EarlierJourneys Earlier(Guid person, string automation, string key) =>
            earlier.GetValueOrDefault((person, automation, key), EarlierJourneys.None);

        public void Move(Guid person, Journey journey)
        {
            var list = underWay[person];
            var at = list.FindIndex(one => one.Id == journey.Id);
            if (journey.Outcome is null)
                list[at] = journey;
            else
            {
                list.RemoveAt(at);
                if (earlier.TryGetValue((person, journey.Automation, journey.Key), out var before))
                    earlier[(person, journey.Automation, journey.Key)] = before with { IsUnderWay = false };
            }
        }

        public void Enter(Guid person, Journey journey)
        {
            if (journey.Outcome is null)
            {
                if (!underWay.TryGetValue(person, out var list))
                    underWay[person] = list = [];
                list.Add(journey);
            }
            earlier[(person, journey.Automation, journey.Key)] = new(journey.Generation, journey.Outcome is null, journey.EnteredAt);
        }
    }
}
