using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>Bound from the section <c>Messaging</c>.</summary>
public sealed class MessagingOptions
{
    public const string Section = "Messaging";

    /// <value>rabbitmq (default; needs ConnectionStrings:rabbitmq) or memory (one process only).</value>
    [RegularExpression("rabbitmq|memory")]
    public string Transport { get; init; } = "rabbitmq";

    /// <value>Older events update state and trigger nothing. Default 1 day.</value>
    public TimeSpan MaxTriggerAge { get; init; } = TimeSpan.FromDays(1);

    /// <value>How often a failing message is tried at once, with growing pauses. Default 3.</value>
    [Range(1, 20)]
    public int Attempts { get; init; } = 3;

    /// <value>Pauses before a message that still fails is tried again from the table; after the last it is parked. Default 10 s, 1 min, 10 min.</value>
    public TimeSpan[] RedeliverAfter { get; init; } = [];

    // Not the property's initial value: configuration adds to an array that is there instead of replacing it.
    internal IReadOnlyList<TimeSpan> RedeliverySchedule =>
        RedeliverAfter.Length > 0 ? RedeliverAfter : [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)];

    /// <value>Messages handed to a transport that forgets on a crash and not acknowledged yet, a service. Default 2,000.</value>
    [Range(100, 100_000)]
    public int Window { get; init; } = 2000;

    /// <value>How long a consumer remembers which messages it has seen. Default 7 days; longer than any message can be on its way.</value>
    public TimeSpan InboxRetention { get; init; } = TimeSpan.FromDays(7);
}
