using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.Email.Sending.Timing;

/// <summary>Bound from <c>Email:Caps:{n}</c>: at most so many mails of a purpose to one person in any window.</summary>
internal sealed class FrequencyCap
{
    /// <value>marketing (default) or transactional.</value>
    public string Purpose { get; init; } = MailPurpose.Marketing;

    /// <value>Mails.</value>
    [Range(1, 1000)]
    public int Max { get; init; }

    /// <value>Length of the window ("7.00:00:00").</value>
    public TimeSpan Window { get; init; }
}

/// <summary>A mail that a person was sent or is about to be sent.</summary>
internal sealed record EarlierMail(Guid PersonId, string Purpose, DateTimeOffset At);

internal static class FrequencyCaps
{
    /// <returns>The cap that one more mail now would break, or null.</returns>
    public static FrequencyCap? Broken(
        IEnumerable<FrequencyCap> caps,
        string purpose,
        IReadOnlyCollection<EarlierMail> earlier,
        DateTimeOffset now
    ) =>
        caps.FirstOrDefault(cap =>
            cap.Purpose == purpose && earlier.Count(mail => mail.Purpose == purpose && mail.At > now - cap.Window) >= cap.Max
        );
}
