using System.Runtime.InteropServices;

namespace MarketingPlatform.Experimentation.Attribution;

/// <summary>Credit by removal effect: how many conversions a Markov chain of the paths would lose if whoever meets the channel went
/// away.</summary>
/// <remarks>
/// E. Anderl, I. Becker, F. von Wangenheim and J. H. Schumann, "Mapping the customer journey: lessons learned from graph-based online
/// attribution modeling", International Journal of Research in Marketing 33 (2016) 457–474. A state of a chain of order k is the last k
/// touches, fewer at the beginning of a path. Its conversion probabilities are computed from the absorbing chain itself, not simulated.
/// Value has removal effects of its own: a conversion is worth what conversions from its last state are worth on average. The chain is what
/// people did, not what they would have done: a channel that meets people who would have bought anyway is still credited.
/// </remarks>
public sealed class MarkovAttribution : IAttributionModel
{
    /// <summary>Longest memory.</summary>
    public const int HighestOrder = 4;

    /// <summary>Most channels: four numbers of 16 bits name a state.</summary>
    public const int MostChannels = ushort.MaxValue - 1;

    private readonly int _order;
    private readonly bool _withNulls;
    private readonly ulong _mask;
    private readonly Dictionary<ulong, int> _states = [];
    private readonly List<ulong> _names = [];
    private readonly List<double> _conversions = [];
    private readonly List<double> _values = [];
    private readonly List<double> _nulls = [];
    private readonly Dictionary<(int From, int To), double> _moves = [];

    /// <param name="order">Touches that a state remembers, 1 to <see cref="HighestOrder"/>.</param>
    /// <param name="withNulls">Whether paths that ended without a purchase count. Without them every path of the chain converts, and
    /// a removal effect is the share of conversions whose path holds the channel.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another order.</exception>
    public MarkovAttribution(int order = 1, bool withNulls = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, HighestOrder);
        (_order, _withNulls) = (order, withNulls);
        _mask = order == 4 ? ulong.MaxValue : (1UL << (16 * order)) - 1;
        State(0);
    }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<int> path, double conversions, double value, double nulls)
    {
        if (path.IsEmpty)
            throw new ArgumentException("A path has at least one touch.", nameof(path));
        var lost = _withNulls ? nulls : 0;
        var people = conversions + lost;
        if (people == 0)
            return;
        var (name, state) = (0UL, 0);
        foreach (var channel in path)
        {
            if (channel is < 0 or >= MostChannels)
                throw new ArgumentException($"A chain takes at most {MostChannels} channels.", nameof(path));
            name = ((name << 16) | (uint)(channel + 1)) & _mask;
            var next = State(name);
            CollectionsMarshal.GetValueRefOrAddDefault(_moves, (state, next), out _) += people;
            state = next;
        }
        _conversions[state] += conversions;
        _values[state] += value;
        _nulls[state] += lost;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChannelCredit> Credits(int channels)
    {
        var chain = Chain();
        var whole = chain.Absorbed(_ => false);
        var effects = new (double Conversions, double Value)[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var without = chain.Absorbed(state => Holds(_names[state], channel));
            effects[channel] = (Lost(whole.Conversions, without.Conversions), Lost(whole.Value, without.Value));
        }
        var (conversions, value) = (_conversions.Sum(), _values.Sum());
        var (all, allValue) = (effects.Sum(effect => effect.Conversions), effects.Sum(effect => effect.Value));
        return
        [
            .. effects.Select(effect => new ChannelCredit(
                all == 0 ? 0 : conversions * (effect.Conversions / all),
                allValue == 0 ? 0 : value * (effect.Value / allValue),
                effect.Conversions
            )),
        ];

        static double Lost(double with, double without) => with == 0 ? 0 : Math.Max(0, 1 - without / with);
    }

    /// <summary>The chain as it was counted; state 0 is the beginning of every path.</summary>
    internal AbsorbingChain Chain() => new([.. _conversions], [.. _values], [.. _nulls], _moves);

    /// <summary>Whether a state of the chain remembers a touch of the channel.</summary>
    internal bool Remembers(int state, int channel) => Holds(_names[state], channel);

    private int State(ulong name)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_states, name, out var known);
        if (known)
            return state;
        state = _names.Count;
        _names.Add(name);
        _conversions.Add(0);
        _values.Add(0);
        _nulls.Add(0);
        return state;
    }

    private static bool Holds(ulong name, int channel)
    {
        for (; name != 0; name >>= 16)
            if ((name & ushort.MaxValue) == (uint)(channel + 1))
                return true;
        return false;
    }
}
