namespace MarketingPlatform.Experimentation.Attribution;

/// <summary>Rules that share each conversion by the places of the touches in its path alone.</summary>
/// <remarks>
/// Conventions, not estimates: they say nothing about what a channel caused, and ignore the paths that ended without a purchase. The rules
/// are those that analytics products have offered for years (Google Analytics' "model comparison": last, first, linear, time decay,
/// position based).
/// </remarks>
public sealed class PositionalAttribution : IAttributionModel
{
    private readonly Weigh _weigh;
    private readonly List<double> _conversions = [];
    private readonly List<double> _values = [];
    private double[] _weights = [];

    private PositionalAttribution(Weigh weigh) => _weigh = weigh;

    /// <summary>Fills in the weight of each touch of a path; scaled afterwards to sum to 1.</summary>
    private delegate void Weigh(Span<double> weights);

    /// <summary>All to the first touch.</summary>
    public static PositionalAttribution First() => new(weights => weights[0] = 1);

    /// <summary>All to the last touch.</summary>
    public static PositionalAttribution Last() => new(weights => weights[^1] = 1);

    /// <summary>The same to each touch; a channel that touched twice gets two shares.</summary>
    public static PositionalAttribution Linear() => new(weights => weights.Fill(1));

    /// <summary>A touch weighs half of one that came so many touches later.</summary>
    /// <param name="halfLife">In touches, above 0: paths carry an order and no times.</param>
    public static PositionalAttribution TimeDecay(double halfLife)
    {
        if (!(halfLife > 0))
            throw new ArgumentOutOfRangeException(nameof(halfLife), halfLife, "A half-life is above 0.");
        return new(weights =>
        {
            for (var i = 0; i < weights.Length; i++)
                weights[i] = Math.Pow(0.5, (weights.Length - 1 - i) / halfLife);
        });
    }

    /// <summary>Fixed shares to the first and the last touch, the rest equally to those between; without any between, the two shares are
    /// scaled up.</summary>
    /// <param name="first">Share of the first touch, 0 or more. The usual one is 0.4.</param>
    /// <param name="last">Share of the last touch, 0 or more; the two are above 0 and at most 1 together.</param>
    public static PositionalAttribution Position(double first = 0.4, double last = 0.4)
    {
        if (!(first >= 0 && last >= 0 && first + last > 0 && first + last <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(first),
                first,
                "The two shares are 0 or more, and together above 0 and at most 1."
            );
        return new(weights =>
        {
            if (weights.Length > 2)
                weights.Fill((1 - first - last) / (weights.Length - 2));
            (weights[0], weights[^1]) = weights.Length == 1 ? (1, 1) : (first, last);
        });
    }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<int> path, double conversions, double value, double nulls)
    {
        if (path.IsEmpty)
            throw new ArgumentException("A path has at least one touch.", nameof(path));
        if (conversions == 0 && value == 0)
            return;
        if (_weights.Length < path.Length)
            _weights = new double[Math.Max(path.Length, 2 * _weights.Length)];
        var weights = _weights.AsSpan(0, path.Length);
        weights.Clear();
        _weigh(weights);
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;
        for (var i = 0; i < path.Length; i++)
        {
            while (_conversions.Count <= path[i])
            {
                _conversions.Add(0);
                _values.Add(0);
            }
            _conversions[path[i]] += conversions * weights[i] / sum;
            _values[path[i]] += value * weights[i] / sum;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChannelCredit> Credits(int channels) =>
        [
            .. Enumerable
                .Range(0, channels)
                .Select(c => c < _conversions.Count ? new ChannelCredit(_conversions[c], _values[c]) : new ChannelCredit(0, 0)),
        ];
}
