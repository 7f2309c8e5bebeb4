using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Events;

/// <summary>News of a customer that may make them one who can be written to.</summary>
internal sealed record Cause(Guid CustomerId, string? TraceParent);

/// <summary>
/// Tells automations that somebody subscribed: once both the consent and the address are known, whichever event came last. A consent older
/// than <see cref="MessagingOptions.MaxTriggerAge"/> is history.
/// </summary>
internal sealed class Subscribing(AutomationIntake intake, IOptions<MessagingOptions> messaging, TimeProvider clock)
{
    internal static bool Decide(Person person, TimeSpan maxTriggerAge, DateTimeOffset now) =>
        MailPermission.WhyNot(person) is null && now - person.ConsentAt <= maxTriggerAge;

    public async Task TellAsync(UnitOfWork work, IReadOnlyCollection<Cause> causes, CancellationToken ct)
    {
        if (causes.Count == 0 || !await intake.CaresAboutAsync(EventNames.Subscribed, ct))
            return;
        var ids = causes.Select(cause => cause.CustomerId).Distinct().ToArray();
        await People.LockAsync(work, ids, ct);
        var people = await People.LoadAsync(work, ids, ct);
        var now = clock.GetUtcNow();
        var traces = causes.GroupBy(cause => cause.CustomerId).ToDictionary(group => group.Key, group => group.Last().TraceParent);
        var events = people
            .Where(person => Decide(person, messaging.Value.MaxTriggerAge, now))
            .Select(person => new AutomationEvent(
                Guid.CreateVersion7(now),
                person.Id,
                EventNames.Subscribed,
                person.ConsentAt!.Value,
                EventData.Empty,
                traces.GetValueOrDefault(person.Id)
            ));
        await intake.HandleAsync(work, events, ct);
    }
}
