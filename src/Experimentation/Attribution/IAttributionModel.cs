namespace MarketingPlatform.Experimentation.Attribution;

/// <summary>Shares the conversions of many paths among the channels that touched them. Takes one path after another; memory does not grow
/// with their number.</summary>
public interface IAttributionModel
{
    /// <summary>Takes in people who went the same way.</summary>
    /// <param name="path">Channels in the order of their touches, one or more, numbered from 0.</param>
    /// <param name="conversions">How many bought at the end, 0 or more.</param>
    /// <param name="value">What they bought in all, 0 or more.</param>
    /// <param name="nulls">How many went this way and did not buy, 0 or more.</param>
    /// <exception cref="ArgumentException">An empty path, or a channel that the model cannot take.</exception>
    void Add(ReadOnlySpan<int> path, double conversions, double value, double nulls);

    /// <summary>What each channel is credited with; the credits sum to the conversions and to the value that were taken in.</summary>
    /// <param name="channels">Number of channels; every path's channels are below it.</param>
    /// <returns>One a channel, in their order.</returns>
    IReadOnlyList<ChannelCredit> Credits(int channels);
}

/// <summary>A channel's part.</summary>
/// <param name="Conversions">Credited conversions.</param>
/// <param name="Value">Credited value, in the unit of the values taken in.</param>
/// <param name="RemovalEffect">Share of conversions that would be lost without the channel, 0 to 1; null where the model has none.</param>
public readonly record struct ChannelCredit(double Conversions, double Value, double? RemovalEffect = null);
