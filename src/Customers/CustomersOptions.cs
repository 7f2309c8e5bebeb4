using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.Customers;

/// <summary>Bound from the section <c>Customers</c>.</summary>
internal sealed class CustomersOptions
{
    public const string Section = "Customers";

    /// <value>Bytes of one call. Default 32 KiB, as in the Segment API.</value>
    [Range(1024, 1024 * 1024)]
    public int MaxEventBytes { get; init; } = 32 * 1024;

    /// <value>How long a message id is remembered to recognise a repetition. Default 30 days; the Segment API promises 24 hours.</value>
    public TimeSpan RememberMessagesFor { get; init; } = TimeSpan.FromDays(30);

    /// <value>How long a call that could not be used is kept with its reason. Default 30 days: it may name people.</value>
    public TimeSpan KeepRejectionsFor { get; init; } = TimeSpan.FromDays(30);

    /// <value>Calls that one commit may carry. Default 1,000.</value>
    [Range(1, 10_000)]
    public int CallsPerCommit { get; init; } = 1000;

    /// <value>How long the answer to a person who asked what is kept can be fetched. Default 30 days.</value>
    public TimeSpan KeepExportsFor { get; init; } = TimeSpan.FromDays(30);

    /// <value>Calls that wait for a commit before senders are told to come back later (429). Default 20,000, some 20 MB.</value>
    [Range(1, 1_000_000)]
    public int MaxWaitingCalls { get; init; } = 20_000;
}
