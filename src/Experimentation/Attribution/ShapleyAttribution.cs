using System.Runtime.InteropServices;

namespace MarketingPlatform.Experimentation.Attribution;

/// <summary>Credit by Shapley value: a set of channels is worth the conversions of all paths that used no other channel.</summary>
/// <remarks>
/// K. Zhao, S. H. Mahboobi and S. R. Bagheri, "Shapley value methods for attribution modeling in online advertising" (2018), the simplified
/// model. Neither the order of touches nor how often a channel touched matters, and paths without a purchase do not. With this worth the
/// Shapley value comes to sharing each conversion equally among the different channels of its path; it is computed from the definition all
/// the same.
/// </remarks>
public sealed class ShapleyAttribution : IAttributionModel
{
    /// <summary>Most channels.</summary>
    public const int MostChannels = Shapley.MostPlayers;

    private readonly Dictionary<int, (double Conversions, double Value)> _sets = [];

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<int> path, double conversions, double value, double nulls)
    {
        if (path.IsEmpty)
            throw new ArgumentException("A path has at least one touch.", nameof(path));
        var set = 0;
        foreach (var channel in path)
        {
            if (channel is < 0 or >= MostChannels)
                throw new ArgumentException($"The Shapley value is computed for at most {MostChannels} channels.", nameof(path));
            set |= 1 << channel;
        }
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sets, set, out _);
        sum = (sum.Conversions + conversions, sum.Value + value);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChannelCredit> Credits(int channels)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, MostChannels);
        var conversions = Shapley.Values(Worth(channels, set => set.Conversions));
        var values = Shapley.Values(Worth(channels, set => set.Value));
        return [.. conversions.Zip(values, (conversion, value) => new ChannelCredit(conversion, value))];
    }

    /// <summary>Sums over all subsets, for every set at once: one pass a channel.</summary>
    private double[] Worth(int channels, Func<(double Conversions, double Value), double> of)
    {
        var worth = new double[1 << channels];
        foreach (var (set, sum) in _sets)
            worth[set] = of(sum);
        for (var channel = 0; channel < channels; channel++)
        for (var set = 0; set < worth.Length; set++)
            if ((set & (1 << channel)) != 0)
                worth[set] += worth[set ^ (1 << channel)];
        return worth;
    }
}
