using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>What is believed of a variant whose mean reward depends linearly on who is asked: Bayesian linear regression with unknown
/// noise, one an arm. Immutable.</summary>
/// <remarks>
/// S. Agrawal and N. Goyal, "Thompson sampling for contextual bandits with linear payoffs", ICML 2013; conjugate updates as in C. Riquelme,
/// G. Tucker and J. Snoek, "Deep Bayesian bandits showdown", ICLR 2018, section 3. The Cholesky factor of the precision matrix is
/// updated by rotations (G. H. Golub and C. F. Van Loan, Matrix Computations, section 6.5.4), so that an observation and a prediction cost
/// O(d²) for d features; nothing is inverted.
/// </remarks>
public sealed class LinearArm
{
    private readonly double[] _factor; // lower triangle, row by row: row i begins at i(i + 1) / 2
    private readonly double[] _sums; // Σ features × reward
    private readonly double _squares; // Σ reward²
    private readonly double _seen;
    private readonly double _ridge;
    private readonly double _spread;

    /// <param name="features">Length d of a context; include a constant 1 for the intercept.</param>
    /// <param name="spread">Standard deviation of single rewards around their mean as one would expect it, positive.</param>
    /// <param name="ridge">Prior precision of each coefficient in units of 1 / noise variance, positive. Default 1: suits features
    /// scaled to a spread of about 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public LinearArm(int features, double spread, double ridge = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (!(spread > 0 && double.IsFinite(spread)))
            throw new ArgumentOutOfRangeException(nameof(spread), spread, "A spread is positive and finite.");
        if (!(ridge > 0 && double.IsFinite(ridge)))
            throw new ArgumentOutOfRangeException(nameof(ridge), ridge, "A prior precision is positive and finite.");
        (_sums, _spread, _ridge) = (new double[features], spread, ridge);
        _factor = new double[features * (features + 1) / 2];
        for (var i = 0; i < features; i++)
            _factor[Row(i) + i] = Math.Sqrt(ridge);
    }

    private LinearArm(LinearArm from, double[] factor, double[] sums, double squares, double seen)
    {
        (_factor, _sums, _squares, _seen) = (factor, sums, squares, seen);
        (_spread, _ridge) = (from._spread, from._ridge);
    }

    /// <value>Expected coefficients, one a feature; O(d²).</value>
    public IReadOnlyList<double> Coefficients => Mean();

    /// <summary>The belief after one more reward; O(d²).</summary>
    /// <param name="features">The context, d finite numbers.</param>
    /// <param name="reward">What came of it, finite.</param>
    /// <exception cref="ArgumentException">Another number of features, or a number that is not finite.</exception>
    public LinearArm Observe(ReadOnlySpan<double> features, double reward)
    {
        ThrowIfUnfit(features);
        if (!double.IsFinite(reward))
            throw new ArgumentException("A reward is a finite number.", nameof(reward));
        var (factor, sums) = ((double[])_factor.Clone(), (double[])_sums.Clone());
        for (var i = 0; i < sums.Length; i++)
            sums[i] += features[i] * reward;
        Rotate(factor, features.ToArray());
        return new LinearArm(this, factor, sums, _squares + reward * reward, _seen + 1);
    }

    /// <summary>The belief about the mean reward in one context; O(d²).</summary>
    /// <param name="features">The context, d finite numbers.</param>
    /// <returns>An arm for <see cref="Allocation.Thompson(IReadOnlyList{IArm}, Random, int, bool)"/>.</returns>
    /// <exception cref="ArgumentException">Another number of features, or a number that is not finite.</exception>
    public IArm At(ReadOnlySpan<double> features)
    {
        ThrowIfUnfit(features);
        var mean = Mean();
        var explained = 0.0;
        var predicted = 0.0;
        for (var i = 0; i < mean.Length; i++)
        {
            explained += mean[i] * _sums[i];
            predicted += mean[i] * features[i];
        }
        var whitened = Forward(features.ToArray());
        var scale = 0.5 * (_spread * _spread + Math.Max(0, _squares - explained));
        return new Prediction(predicted, whitened.Sum(x => x * x), 0.5 + _seen / 2, scale);
    }

    /// <summary>Lets old rewards fade towards the prior; O(d³), so once a period rather than once an observation.</summary>
    /// <param name="keep">Share of the evidence that stays, 0 to 1; see <see cref="Memory"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is not within 0 to 1.</exception>
    public LinearArm Forget(double keep)
    {
        Memory.ThrowIfNoShare(keep);
        if (keep == 1)
            return this;
        var d = _sums.Length;
        var factor = new LinearArm(d, _spread, _ridge * (1 - keep))._factor;

        // keep·LLᵀ + (1 − keep)·ridge·I as one rotation a column of L.
        for (var column = 0; column < d; column++)
        {
            var along = new double[d];
            for (var i = column; i < d; i++)
                along[i] = Math.Sqrt(keep) * _factor[Row(i) + column];
            Rotate(factor, along);
        }
        return new LinearArm(this, factor, [.. _sums.Select(sum => keep * sum)], keep * _squares, keep * _seen);
    }

    /// <summary>Turns the factor of A into that of A + v vᵀ.</summary>
    private static void Rotate(double[] factor, double[] v)
    {
        for (var k = 0; k < v.Length; k++)
        {
            var diagonal = factor[Row(k) + k];
            var r = Math.Sqrt(diagonal * diagonal + v[k] * v[k]);
            var (c, s) = (diagonal / r, v[k] / r);
            factor[Row(k) + k] = r;
            for (var i = k + 1; i < v.Length; i++)
            {
                var below = factor[Row(i) + k];
                factor[Row(i) + k] = c * below + s * v[i];
                v[i] = c * v[i] - s * below;
            }
        }
    }

    private double[] Mean()
    {
        var x = Forward((double[])_sums.Clone());
        for (var i = x.Length - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < x.Length; j++)
                x[i] -= _factor[Row(j) + i] * x[j];
            x[i] /= _factor[Row(i) + i];
        }
        return x;
    }

    private double[] Forward(double[] x)
    {
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < i; j++)
                x[i] -= _factor[Row(i) + j] * x[j];
            x[i] /= _factor[Row(i) + i];
        }
        return x;
    }

    private void ThrowIfUnfit(ReadOnlySpan<double> features)
    {
        if (features.Length != _sums.Length)
            throw new ArgumentException($"The arm knows {_sums.Length} features, {features.Length} came.", nameof(features));
        foreach (var feature in features)
            if (!double.IsFinite(feature))
                throw new ArgumentException("A feature is a finite number.", nameof(features));
    }

    private static int Row(int i) => i * (i + 1) / 2;

    /// <summary>Student t of the mean reward: location, squared leverage, and the inverse gamma belief about the noise.</summary>
    private sealed record Prediction(double Mean, double Leverage, double Shape, double Scale) : IArm
    {
        public double Draw(Random random) =>
            Mean + NormalDistribution.Sample(random) * Math.Sqrt(Leverage * Scale * Math.Exp(-GammaDistribution.SampleLog(Shape, random)));
    }
}
