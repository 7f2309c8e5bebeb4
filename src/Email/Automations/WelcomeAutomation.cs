using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations;

/// <summary>An event that may cause a mail to a customer.</summary>
internal sealed record Cause(Guid CustomerId, string? TraceParent);

/// <summary>
/// Welcomes who agreed to e-mail marketing: once in a person's life, when both the consent and the address are known, whichever event
/// came last. A consent older than <see cref="MessagingOptions.MaxTriggerAge"/> is history and welcomes nobody.
/// </summary>
internal sealed class WelcomeAutomation(MailQueue queue, IOptions<MessagingOptions> messaging, TimeProvider clock)
{
    public const string Name = "welcome";

    /// <summary>Empty: this mail has one occurrence in a lifetime.</summary>
    private const string OnceInALife = "";

    internal static bool Decide(Person person, TimeSpan maxTriggerAge, DateTimeOffset now) =>
        MailPermission.WhyNot(person) is null && now - person.ConsentAt <= maxTriggerAge;

    public async Task TriggerAsync(UnitOfWork work, IReadOnlyCollection<Cause> causes, CancellationToken ct)
    {
        if (causes.Count == 0)
            return;
        var ids = causes.Select(cause => cause.CustomerId).Distinct().ToArray();
        await People.LockAsync(work, ids, ct);
        var people = await People.LoadAsync(work, ids, ct);
        var now = clock.GetUtcNow();
        var traces = causes.GroupBy(cause => cause.CustomerId).ToDictionary(group => group.Key, group => group.Last().TraceParent);
        var mails = people
            .Where(person => Decide(person, messaging.Value.MaxTriggerAge, now))
            .Select(person => new NewMail(person.Id, Name, OnceInALife, null, traces.GetValueOrDefault(person.Id)));
        await queue.AddAsync(work, [.. mails], ct);
    }
}
