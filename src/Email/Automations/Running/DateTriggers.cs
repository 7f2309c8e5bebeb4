using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>Looks every few minutes for whom the date of a trait has come (a birthday), and tells the automations that wait for it.</summary>
internal sealed class DateTriggers(
    EmailDatabase db,
    AutomationStore store,
    AutomationIntake intake,
    IOptions<MessagingOptions> messaging,
    IOptions<Shop> shop,
    TimeProvider clock,
    ILogger<DateTriggers> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private const int SetSize = 500;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Interval,
            db,
            LookAsync,
            e => log.LogError(e, "Dates could not be looked at; they are at the next look"),
            clock,
            stoppingToken
        );

    /// <returns>How many people it was the day of.</returns>
    internal async Task<int> LookAsync(CancellationToken ct)
    {
        var found = 0;
        foreach (var plan in (await store.ReadyAsync(ct)).Open)
            if (plan.Automation.Trigger is Trigger.OnDate trigger)
                found += await LookAsync(plan, trigger, ct);
        return found;
    }

    private async Task<int> LookAsync(Plan plan, Trigger.OnDate trigger, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        LocalTimes.IsUnknown(shop.Value.TimeZone, TimeZoneInfo.Utc, out var shopZone);
        var people = await db.QueryAsync<(Guid Person, string Date, string? TimeZone)>(
            """
            select distinct on (canonical_id) canonical_id as person, coalesce(given_traits ->> @Trait, traits ->> @Trait) as date, time_zone
            from recipients
            where substr(coalesce(given_traits ->> @Trait, traits ->> @Trait), 5, 6) = any(@Days)
            order by canonical_id, profile_at desc nulls last
            """,
            new { trigger.Trait, Days = Anniversary.Candidates(trigger, now) },
            ct
        );
        var events = people
            .Select(person =>
            {
                LocalTimes.IsUnknown(person.TimeZone, shopZone, out var zone);
                var day = Anniversary.Last(trigger, person.Date, zone, now - messaging.Value.MaxTriggerAge, now);
                return day is { } come ? (person.Person, come.At, come.Occasion) : default;
            })
            .Where(day => day.Occasion is not null)
            .ToArray();
        foreach (var set in events.Chunk(SetSize))
        {
            await using var work = await db.BeginAsync(ct);
            // Who was told already at an earlier look is not asked again: a refusal would only hide the story.
            var had = (
                await work.QueryAsync<(Guid Customer, string Key)>(
                    """
                    select r.canonical_id as customer, j.key from journeys j join recipients r using (customer_id)
                    where j.automation = @Name and r.canonical_id = any(@People)
                    """,
                    new { plan.Name, People = set.Select(day => day.Person).ToArray() },
                    ct
                )
            ).ToHashSet();
            await intake.HandleAsync(
                work,
                set.Where(day => !had.Contains((day.Person, day.Occasion)))
                    .Select(day => new AutomationEvent(
                        Guid.CreateVersion7(now),
                        day.Person,
                        plan.TriggerEvent,
                        day.At,
                        JsonSerializer.SerializeToElement(new Dictionary<string, string> { [EventData.Occasion] = day.Occasion })
                    )),
                ct
            );
            await work.CommitAsync(ct);
        }
        return events.Length;
    }
}
