using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>Reads what an <see cref="AudienceForecast"/> is made of.</summary>
internal sealed class AudienceForecaster(
    EmailDatabase db,
    AutomationStore store,
    RecordedEvents recordedEvents,
    FactsReader facts,
    IOptions<EmailOptions> options,
    TimeProvider clock
)
{
    private const int SetSize = 1_000;

    public Task<AudienceForecast> ForecastAsync(Plan plan, CancellationToken ct) =>
        Patience.WithinAsync(
            options.Value.TrialTimeout,
            clock,
            stop => LookAsync(plan, stop),
            () => AudienceForecast.Unknown("it takes too long to look through what happened"),
            ct
        );

    private async Task<AudienceForecast> LookAsync(Plan plan, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var recorded = await recordedEvents.ReadAsync(plan, now, ct);
        var running = await store.ReadyAsync(ct);
        Dictionary<Guid, Guid> personOf = [];
        foreach (var set in recorded.Events.Select(e => e.CustomerId).Distinct().Chunk(SetSize))
        foreach (
            var (id, person) in await db.QueryAsync<(Guid Id, Guid Person)>(
                "select customer_id as id, canonical_id as person from recipients where customer_id = any(@Ids)",
                new { Ids = set },
                ct
            )
        )
            personOf[id] = person;
        // A customer of whom this service has heard nothing yet is asked about as somebody of whom nothing is known.
        foreach (var id in recorded.Events.Select(e => e.CustomerId))
            personOf.TryAdd(id, id);
        Dictionary<Guid, AudienceForecast.Candidate> candidates = [];
        foreach (var set in personOf.Values.Distinct().Chunk(SetSize))
            await AddAsync(candidates, plan, set, recorded.Since, now, ct);
        return AudienceForecast.Of(
            plan,
            recorded,
            personOf,
            candidates,
            options.Value.HoldOut.Rules,
            await EnteredAsync(plan, ct),
            [.. Notes(plan, running)],
            now
        );
    }

    private async Task AddAsync(
        Dictionary<Guid, AudienceForecast.Candidate> candidates,
        Plan plan,
        Guid[] set,
        DateTimeOffset since,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        var known = await facts.LoadAsync(work, Plans.Of([plan], []), set, [], now, ct);
        var people = (await People.LoadAsync(work, set, ct)).ToDictionary(person => person.Id);
        var earlier = (
            await work.QueryAsync<(Guid Person, string Key, int Generation, DateTimeOffset At)>(
                """
                select ids.person, j.key, max(j.generation) as generation, max(j.entered_at) as at
                from (
                    select customer_id, canonical_id as person from recipients where canonical_id = any(@People)
                    union select id, id from unnest(@People) id
                ) ids
                join journeys j on j.customer_id = ids.customer_id and j.automation = @Name
                where j.entered_at <= @Since
                group by 1, 2
                """,
                new
                {
                    plan.Name,
                    Since = since,
                    People = set,
                },
                ct
            )
        ).ToLookup(row => row.Person);
        foreach (var person in set)
            candidates[person] = new(
                person,
                known[person],
                earlier[person].ToDictionary(row => row.Key, row => new EarlierJourneys(row.Generation, false, row.At)),
                MailPermission.WhyNot(people.GetValueOrDefault(person), plan.Automation.Purpose)
            );
    }

    private async Task<long> EnteredAsync(Plan plan, CancellationToken ct) =>
        await db.QuerySingleAsync<long>(
            """
            select coalesce(sum(count), 0)::bigint from journey_counts
            where automation = @Name and node = 'entry' and kind = 'entry'
            """,
            new { plan.Name },
            ct
        );

    private static IEnumerable<string> Notes(Plan plan, Plans running)
    {
        if (plan.Automation.Trigger is not Trigger.OnEvent { Matches.Where: { } where })
            yield break;
        yield return "Conditions were asked by what is known of the customers now.";
        foreach (var name in where.Events.Intersect(plan.Remembers).Except(running.Remembers))
            yield return $"It asks how often there was “{name}”, which is counted from the day it is saved: so far it looks as if that had never been.";
    }
}
