using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Sequential;

namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>Units of one batch to which the same was done and with whom the same happened.</summary>
/// <param name="Batch">From 0, in the order in which they were dealt out.</param>
/// <param name="Action">What was done, from 0.</param>
/// <param name="Reward">Of one unit, finite.</param>
/// <param name="Propensity">The probability with which the action was chosen in this batch, above 0 and at most 1.</param>
/// <param name="Units">How many.</param>
public readonly record struct DealtUnits(int Batch, int Action, double Reward, double Propensity, long Units);

/// <summary>
/// Compares actions that a bandit dealt out in batches, whose shares followed what earlier batches had earned. The plain mean of an action
/// leans: one that was unlucky at first gets few units later, and stays unlucky. Weighting each unit by the chance with which it got its
/// action does not.
/// </summary>
/// <remarks>
/// Each unit gives the augmented inverse-propensity term m + 1{A = a}(r − m)/p of J. M. Robins, A. Rotnitzky and L. P. Zhao (JASA 89 (1994)
/// 846–866), m being the action's mean in earlier batches, so that terms minus their expectation are a martingale difference whatever the
/// bandit did. Intervals: the asymptotic confidence sequence of I. Waudby-Smith et al. (arXiv 2103.06476, 2021), which holds for such terms
/// and at every look; it needs a least share of every action (their variance must not grow without end). The variance of a batch's terms is
/// not that of the terms seen: few rare rewards of an action with a small share weigh so much that, while none was seen, an action looks
/// both worse and surer than it is. It is reckoned from each action's variance over all batches, which is never taken below that of all.
/// </remarks>
public sealed class AdaptiveComparison
{
    private readonly DealtUnits[] _units;
    private readonly double[][] _expected;
    private readonly double[][] _chances;
    private readonly double[] _means;
    private readonly double[] _variances;
    private readonly long _tuning;

    /// <param name="units">In any order.</param>
    /// <param name="actions">How many actions there are.</param>
    /// <param name="tuning">Units of all actions at which intervals are tightest, chosen before the data are seen; at least 1.</param>
    /// <exception cref="OffPolicyRefusalException">A propensity or a reward is missing or impossible.</exception>
    /// <exception cref="ArgumentException">A batch or an action out of its range, or a negative count.</exception>
    public AdaptiveComparison(IEnumerable<DealtUnits> units, int actions, long tuning = ConfidenceSequence.DefaultTuning)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentOutOfRangeException.ThrowIfLessThan(actions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tuning, 1);
        _units = [.. units.Where(unit => unit.Units != 0).OrderBy(unit => unit.Batch)];
        if (_units.Any(unit => unit.Batch < 0 || unit.Action < 0 || unit.Action >= actions || unit.Units < 0))
            throw new ArgumentException(
                $"Batches begin at 0, actions are 0 to {actions - 1}, and nothing is counted less than 0 times.",
                nameof(units)
            );
        if (_units.Any(unit => !(unit.Propensity is > 0 and <= 1) || !double.IsFinite(unit.Reward)))
            throw new OffPolicyRefusalException(
                "Some units have no propensity above 0 and at most 1, or no finite reward. Nothing can be said without the probability with which "
                    + "each action was chosen: store it when the decision is made."
            );
        _tuning = tuning;
        _expected = Expected(actions);
        _means = Means(actions);
        _variances = Variances(actions);
        _chances = Chances(actions);
    }

    /// <summary>Mean reward a unit, had everybody got the action.</summary>
    /// <returns>Null where fewer than two units are known, or nothing varies.</returns>
    public Difference? Mean(int action) =>
        Of(unit => Term(unit, action), batch => Spread(batch, action) - Square(_means[action] - _expected[batch][action]));

    /// <summary>Mean reward a unit, had everybody got the one instead of the other.</summary>
    /// <returns>Null where fewer than two units are known, or nothing varies.</returns>
    public Difference? Between(int action, int control) =>
        Of(
            unit => Term(unit, action) - Term(unit, control),
            batch =>
                Spread(batch, action)
                + Spread(batch, control)
                - Square(_means[action] - _expected[batch][action] - _means[control] + _expected[batch][control])
        );

    /// <summary>The difference with an interval that holds at every look.</summary>
    /// <param name="action">What is asked about.</param>
    /// <param name="control">What it is compared with.</param>
    /// <param name="alpha">1 − confidence, strictly between 0 and 0.5.</param>
    public TestedDifference? Test(int action, int control, double alpha = 0.05) =>
        Between(action, control) is { } difference ? new ConfidenceSequence(_tuning, alpha).Test(difference) : null;

    private double Term(DealtUnits unit, int action)
    {
        var expected = _expected[unit.Batch][action];
        return unit.Action == action ? expected + (unit.Reward - expected) / unit.Propensity : expected;
    }

    /// <summary>What rewards of an action scatter around their expectation, over the chance of seeing one.</summary>
    private double Spread(int batch, int action) =>
        (_variances[action] + Square(_means[action] - _expected[batch][action])) / _chances[batch][action];

    private Difference? Of(Func<DealtUnits, double> term, Func<int, double> variance)
    {
        var count = _units.Sum(unit => unit.Units);
        if (count < 2)
            return null;
        var mean = _units.Sum(unit => term(unit) * unit.Units) / count;
        var sum = _units.GroupBy(unit => unit.Batch).Sum(batch => batch.Sum(unit => unit.Units) * Math.Max(0, variance(batch.Key)));
        return sum > 0 ? new Difference(mean, Math.Sqrt(sum) / count, count - 1, count) : null;
    }

    /// <summary>By action: the weighted mean of all batches.</summary>
    private double[] Means(int actions)
    {
        var (rewards, weights) = (new double[actions], new double[actions]);
        foreach (var unit in _units)
        {
            rewards[unit.Action] += unit.Units / unit.Propensity * unit.Reward;
            weights[unit.Action] += unit.Units / unit.Propensity;
        }
        return [.. rewards.Zip(weights, (reward, weight) => weight > 0 ? reward / weight : 0)];
    }

    private double[] Variances(int actions)
    {
        var (squares, weights, counts) = (new double[actions], new double[actions], new double[actions]);
        foreach (var unit in _units)
        {
            squares[unit.Action] += unit.Units / unit.Propensity * Square(unit.Reward - _means[unit.Action]);
            weights[unit.Action] += unit.Units / unit.Propensity;
            counts[unit.Action] += unit.Units;
        }
        double[] own = [.. squares.Zip(weights, (square, weight) => weight > 0 ? square / weight : 0)];
        var pooled = counts.Sum() > 0 ? own.Zip(counts, (variance, count) => variance * count).Sum() / counts.Sum() : 0;
        return [.. own.Select(variance => Math.Max(variance, pooled))];
    }

    /// <summary>By batch and action: the propensity; of actions that nobody got, the rest of the whole in equal parts.</summary>
    private double[][] Chances(int actions)
    {
        var chances = _expected.Select(_ => new double[actions]).ToArray();
        foreach (var unit in _units)
            chances[unit.Batch][unit.Action] = unit.Propensity;
        foreach (var batch in chances)
        {
            var missing = batch.Count(chance => chance == 0);
            var rest = Math.Max(1e-6, 1 - batch.Sum());
            for (var action = 0; action < actions; action++)
                if (batch[action] == 0)
                    batch[action] = rest / missing;
        }
        return chances;
    }

    private static double Square(double value) => value * value;

    /// <summary>By batch and action: the mean of the batches before, 0 where there is none.</summary>
    private double[][] Expected(int actions)
    {
        var expected = new double[_units.Length == 0 ? 0 : _units[^1].Batch + 1][];
        var (rewards, weights) = (new double[actions], new double[actions]);
        var next = 0;
        for (var batch = 0; batch < expected.Length; batch++)
        {
            expected[batch] = [.. rewards.Zip(weights, (reward, weight) => weight > 0 ? reward / weight : 0)];
            for (; next < _units.Length && _units[next].Batch == batch; next++)
            {
                var weight = _units[next].Units / _units[next].Propensity;
                rewards[_units[next].Action] += weight * _units[next].Reward;
                weights[_units[next].Action] += weight;
            }
        }
        return expected;
    }
}
