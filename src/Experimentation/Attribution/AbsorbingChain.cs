namespace MarketingPlatform.Experimentation.Attribution;

/// <summary>A Markov chain, as counts of moves, in which every walk ends in a conversion or in nothing.</summary>
internal sealed class AbsorbingChain
{
    private readonly double[] _conversions;
    private readonly double[] _values;
    private readonly double[] _leaving; // all that leaves a state, less what returns at once
    private readonly int[] _begins; // moves of state s: _begins[s] up to _begins[s + 1]
    private readonly int[] _targets;
    private readonly double[] _counts;

    /// <param name="conversions">Walks that converted from each state; walks begin in state 0, which nothing leads to.</param>
    /// <param name="values">What those conversions were worth.</param>
    /// <param name="nulls">Walks that ended in nothing there.</param>
    /// <param name="moves">How often one state followed another.</param>
    public AbsorbingChain(double[] conversions, double[] values, double[] nulls, IReadOnlyDictionary<(int From, int To), double> moves)
    {
        (_conversions, _values) = (conversions, values);
        var n = conversions.Length;
        _leaving = [.. conversions.Zip(nulls, (converted, lost) => converted + lost)];
        var others = moves.Where(move => move.Key.From != move.Key.To).OrderBy(move => move.Key).ToArray();
        (_targets, _counts) = ([.. others.Select(move => move.Key.To)], [.. others.Select(move => move.Value)]);
        _begins = new int[n + 1];
        foreach (var ((from, _), count) in others)
        {
            _begins[from + 1]++;
            _leaving[from] += count;
        }
        for (var state = 0; state < n; state++)
            _begins[state + 1] += _begins[state];
    }

    public int States => _conversions.Length;

    /// <summary>Probability that a walk converts, and its expected value, when walks that reach a blocked state end in nothing.</summary>
    /// <remarks>
    /// Solves p = (conversions + Σ moves · p) / leaving by Gauss–Seidel sweeps from 0 upwards: the matrix is an M-matrix, so every sweep
    /// comes closer, and the sweeps end when rounding alone moves the answer. What then remains is about 1e-16 × the expected number of
    /// touches.
    /// </remarks>
    public (double Conversions, double Value) Absorbed(Func<int, bool> isBlocked)
    {
        var blocked = Enumerable.Range(0, States).Select(isBlocked).ToArray();
        var (p, v) = (new double[States], new double[States]);
        var (pTop, vTop) = (double.Epsilon, double.Epsilon);
        for (var moving = true; moving; )
        {
            moving = false;
            for (var state = States - 1; state >= 0; state--)
            {
                if (blocked[state] || _leaving[state] == 0)
                    continue;
                var (converts, earns) = (_conversions[state], _values[state]);
                for (var move = _begins[state]; move < _begins[state + 1]; move++)
                {
                    converts += _counts[move] * p[_targets[move]];
                    earns += _counts[move] * v[_targets[move]];
                }
                (converts, earns) = (converts / _leaving[state], earns / _leaving[state]);
                (pTop, vTop) = (Math.Max(pTop, converts), Math.Max(vTop, earns));
                moving |= converts - p[state] > 1e-16 * pTop || earns - v[state] > 1e-16 * vTop;
                (p[state], v[state]) = (converts, earns);
            }
        }
        return (p[0], v[0]);
    }
}
