using MarketingPlatform.Experimentation.Analysis;

namespace MarketingPlatform.Experimentation.Sequential;

/// <summary>Intervals and p-values that stay right however often, and whenever, one looks.</summary>
/// <remarks>
/// The asymptotic confidence sequence of I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas, "Time-uniform central limit theory and
/// asymptotic confidence sequences" (arXiv 2103.06476, 2021), theorem 2.2: a normal mixture whose ρ makes the sequence tightest near a
/// chosen number of units. It holds for any metric with a variance once a few dozen units are in each arm. The price against an interval for one
/// look is about half as much width again.
/// </remarks>
public sealed class ConfidenceSequence
{
    /// <summary>Units of both arms at which the sequence is tightest, unless told otherwise.</summary>
    public const long DefaultTuning = 5_000;

    private readonly double _alpha;
    private readonly Alternative _alternative;
    private readonly double _rhoSquared;

    /// <param name="tuning">Units of all compared arms together at which the sequence is tightest; choose where a decision is likely, before
    /// the data are seen. At least 1.</param>
    /// <param name="alpha">1 − confidence, strictly between 0 and 0.5.</param>
    /// <param name="alternative">Which way a difference counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter out of its range.</exception>
    public ConfidenceSequence(long tuning = DefaultTuning, double alpha = 0.05, Alternative alternative = Alternative.TwoSided)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tuning, 1);
        if (!(alpha > 0 && alpha < 0.5))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha lies strictly between 0 and 0.5.");
        (_alpha, _alternative) = (alpha, alternative);
        var sides = -2 * Math.Log(alternative == Alternative.TwoSided ? alpha : 2 * alpha);
        _rhoSquared = (sides + Math.Log(sides + 1)) / tuning;
    }

    /// <summary>What can be said of a difference at this look.</summary>
    /// <param name="difference">Of everything seen so far.</param>
    public TestedDifference Test(Difference difference)
    {
        var half = HalfWidth(difference.StandardError, difference.Units, _alpha);
        var value = difference.Value;
        return _alternative switch
        {
            Alternative.Greater => new TestedDifference(value, value - half, double.PositiveInfinity, OneSidedP(difference, value)),
            Alternative.Less => new TestedDifference(value, double.NegativeInfinity, value + half, OneSidedP(difference, -value)),
            _ => new TestedDifference(value, value - half, value + half, TwoSidedP(difference)),
        };
    }

    /// <summary>Half the width of the interval, in standard errors: 1.96 would be that of a single look.</summary>
    /// <param name="units">Units of all compared arms so far.</param>
    public double CriticalValue(long units) => HalfWidth(1, units, _alpha);

    private double HalfWidth(double error, long units, double alpha)
    {
        var seen = units * _rhoSquared + 1;
        var boundary = _alternative == Alternative.TwoSided ? Math.Sqrt(seen) / alpha : 1 + Math.Sqrt(seen) / (2 * alpha);
        return error * Math.Sqrt(2 * seen * Math.Log(boundary) / (units * _rhoSquared));
    }

    private double TwoSidedP(Difference difference)
    {
        var seen = difference.Units * _rhoSquared + 1;
        var square = difference.Value / difference.StandardError * (difference.Value / difference.StandardError);
        return Math.Min(1, Math.Sqrt(seen) * Math.Exp(-square * (seen - 1) / (2 * seen)));
    }

    /// <summary>The least alpha whose bound leaves 0 out, by halving until it is known to about 0.0001, and rounded up to there.</summary>
    private double OneSidedP(Difference difference, double distance)
    {
        var (low, high) = (1e-5, 0.4999);
        if (HalfWidth(difference.StandardError, difference.Units, high) > distance)
            return high;
        while ((high - low) / 2 > 1e-4)
        {
            var middle = (low + high) / 2;
            if (HalfWidth(difference.StandardError, difference.Units, middle) > distance)
                low = middle;
            else
                high = middle;
        }
        return high;
    }
}
