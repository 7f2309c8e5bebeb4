using System.Text.Json;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>
/// Notes who reached an automation's goal within its time after entering, whether they went through it, left it early or were held out:
/// only so can the two be compared.
/// </summary>
internal static class JourneyGoals
{
    public static async Task RecordAsync(
        UnitOfWork work,
        Plans plans,
        IReadOnlyCollection<AutomationEvent> events,
        IReadOnlyDictionary<Guid, Guid> persons,
        IReadOnlyDictionary<Guid, Facts> facts,
        CancellationToken ct
    )
    {
        var names = events.Select(e => e.Name).ToHashSet();
        var goals = plans.All.Where(plan => plan.Automation.Goal is { } goal && names.Contains(goal.Match.Event)).ToArray();
        if (goals.Length == 0)
            return;
        var longest = goals.Max(plan => plan.Automation.Goal!.Within);
        var first = events.Min(e => e.At);
        var rows = await work.QueryAsync<JourneyTable.Row>(
            $"""
            select {JourneyTable.Columns} from journeys j
            where j.customer_id in (select customer_id from recipients where canonical_id = any(@People))
                and j.automation = any(@Automations) and j.triggered_at > @Since
            """,
            new
            {
                People = persons.Values.Distinct().ToArray(),
                Automations = goals.Select(plan => plan.Name).Distinct().ToArray(),
                Since = first - longest,
            },
            ct
        );
        if (rows.Count == 0)
            return;
        var byPerson = await PersonsAsync(work, rows, ct);
        List<Reached> reached = [];
        foreach (var journey in rows.Select(row => row.ToJourney()))
            if (plans.Find(journey.Automation, journey.Version)?.Automation.Goal is { } goal)
                foreach (var e in events)
                    if (
                        persons[e.CustomerId] == byPerson[journey.CustomerId]
                        && e.At > journey.TriggeredAt
                        && e.At <= journey.EnteredAt + goal.Within
                        && Executor.Matches(goal.Match, e, journey, facts[persons[e.CustomerId]])
                    )
                        reached.Add(new(journey, e));
        if (reached.Count > 0)
            await WriteAsync(work, reached, ct);
    }

    private static async Task<Dictionary<Guid, Guid>> PersonsAsync(
        UnitOfWork work,
        IReadOnlyCollection<JourneyTable.Row> rows,
        CancellationToken ct
    ) =>
        (
            await work.QueryAsync<(Guid Id, Guid Person)>(
                "select customer_id as id, canonical_id as person from recipients where customer_id = any(@Ids)",
                new { Ids = rows.Select(row => row.CustomerId).Distinct().ToArray() },
                ct
            )
        ).ToDictionary(row => row.Id, row => row.Person);

    private static Task WriteAsync(UnitOfWork work, List<Reached> reached, CancellationToken ct) =>
        work.ExecuteAsync(
            """
            insert into journey_goals (journey_id, customer_id, event_id, at, value, currency, order_id)
            select * from unnest(@Journeys::uuid[], @Customers::uuid[], @Events::uuid[], @Times::timestamptz[], @Values::numeric[], @Currencies::text[],
                    @Orders::text[])
                as g (journey_id, customer_id, event_id, at, value, currency, order_id)
            on conflict do nothing
            """,
            new
            {
                Journeys = reached.Select(r => r.Journey.Id).ToArray(),
                Customers = reached.Select(r => r.Journey.CustomerId).ToArray(),
                Events = reached.Select(r => r.Event.Id).ToArray(),
                Times = reached.Select(r => r.Event.At.ToUniversalTime()).ToArray(),
                Values = reached.Select(r => Value(r.Event.Data)).ToArray(),
                Currencies = reached.Select(r => EventData.Text(r.Event.Data, "currency")).ToArray(),
                Orders = reached
                    .Select(r => r.Event.Name == EventNames.Order ? EventData.Text(r.Event.Data, EventData.Order) : null)
                    .ToArray(),
            },
            ct
        );

    private static decimal? Value(JsonElement data) =>
        data.TryGetProperty("total", out var total) && total.ValueKind == JsonValueKind.Number && total.TryGetDecimal(out var value)
            ? value
            : null;

    private sealed record Reached(Journey Journey, AutomationEvent Event);
}
