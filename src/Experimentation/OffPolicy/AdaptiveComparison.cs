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
/// and at every look; it needs a least share of every action (their variance must not grow without end).
/// </remarks>
public sealed class AdaptiveComparison
{
    private readonly DealtUnits[] _units;
    private readonly double[][] _expected;
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
    }

    /// <summary>Mean reward a unit, had everybody got the action.</summary>
    /// <returns>Null where fewer than two units are known, or nothing varies.</returns>
    public Difference? Mean(int action) => Of(unit => Term(unit, action));

    /// <summary>Mean reward a unit, had everybody got the one instead of the other.</summary>
    /// <returns>Null where fewer than two units are known, or nothing varies.</returns>
    public Difference? Between(int action, int control) => Of(unit => Term(unit, action) - Term(unit, control));

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

    private Difference? Of(Func<DealtUnits, double> term)
    {
        var count = _units.Sum(unit => unit.Units);
        if (count < 2)
            return null;
        var mean = _units.Sum(unit => term(unit) * unit.Units) / count;
        var scatter = _units.Sum(unit => (term(unit) - mean) * (term(unit) - mean) * unit.Units);
        return scatter > 0 ? new Difference(mean, Math.Sqrt(scatter / (count - 1.0) / count), count - 1, count) : null;
    }

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
