using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending.Timing;

namespace MarketingPlatform.Email.Sending;

/// <summary>What becomes of a mail before anything is rendered.</summary>
internal abstract record SendDecision
{
    private SendDecision() { }

    public sealed record Send : SendDecision;

    /// <param name="Until">Null: look again soon, and do not wait for ever.</param>
    public sealed record Wait(string Reason, DateTimeOffset? Until = null) : SendDecision;

    public sealed record Suppress(string Reason) : SendDecision;

    public sealed record GiveUp(string Reason) : SendDecision;

    /// <summary>Permission and age.</summary>
    /// <param name="dueAt">From when the mail's age counts.</param>
    public static SendDecision Decide(Person? person, string purpose, DateTimeOffset dueAt, EmailOptions options, DateTimeOffset now)
    {
        var age = now - dueAt;
        if (age > options.GiveUpAfter)
            return new GiveUp($"Not sent within {options.GiveUpAfter}: it would be old news.");
        return MailPermission.WhyNot(person, purpose) switch
        {
            null => new Send(),
            var reason when MailPermission.MayBeUnknownYet(reason) && age < options.WaitForRecipient => new Wait(reason),
            var reason => new Suppress(reason),
        };
    }

    /// <summary>The recipient's day: caps and quiet hours, for a person who may be mailed.</summary>
    public static SendDecision DecideTiming(
        string purpose,
        IReadOnlyCollection<EarlierMail> earlier,
        TimeZoneInfo zone,
        EmailOptions options,
        DateTimeOffset now
    )
    {
        if (FrequencyCaps.Broken(options.Caps, purpose, earlier, now) is { } cap)
            return new Suppress($"{FrequencyCapReason}: {cap.Max} in {cap.Window}");
        return purpose == MailPurpose.Marketing && QuietHours.Until(options.QuietHours, zone, now) is { } morning
            ? new Wait("quiet-hours", morning)
            : new Send();
    }

    public const string FrequencyCapReason = "frequency-cap";
}
