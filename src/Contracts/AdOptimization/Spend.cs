namespace MarketingPlatform.Contracts.AdOptimization;

/// <summary>What a channel cost on a day. The reader keeps the latest by <paramref name="At"/> for each date, channel and campaign.</summary>
/// <param name="Date">A day in the shop's time zone.</param>
/// <param name="Channel">email, social, search, chat, …</param>
/// <param name="Spend">Zero or more, in <paramref name="Currency"/>.</param>
public sealed record ChannelSpendRecorded(
    DateOnly Date,
    string Channel,
    string? Campaign,
    decimal Spend,
    string Currency,
    DateTimeOffset At
);
