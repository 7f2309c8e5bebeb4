using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Sequential;

namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>Units of one batch to which the same was done and with whom the same happened.</summary>
/// <param name="Batch">From 0, in the order in which they were dealt out.</param>
/// <param name="Action">What was done, from 0.</param>
/// <param name="Reward">Of one unit, finite.</param>
/// <param name="Propensity">The probability with which the action was chosen in this batch, above 0 and at most 1.</param>
/// <param name="Units">How many.</param>
/// <param name="Covariate">Of one unit, finite, known before anything was done to it: what it brought before. 0 where nothing is known.</param>
public readonly record struct DealtUnits(int Batch, int Action, double Reward, double Propensity, long Units, double Covariate = 0);

/// <summary>
/// Compares actions that a bandit dealt out in batches, whose shares followed what earlier batches had earned. The plain mean of an action
/// leans: one that was unlucky at first gets few units later, and stays unlucky. Weighting each unit by the chance with which it got its
/// action does not.
/// </summary>
/// <remarks>
/// Each unit gives the augmented inverse-propensity term m(x) + 1{A = a}(r − m(x))/p of J. M. Robins, A. Rotnitzky and L. P. Zhao (JASA 89
/// (1994) 846–866). m is what earlier batches make one expect of the action: its mean there, and, where units have a covariate x, moved along
/// the regression of rewards on x within the actions of the earlier batches (one slope for all actions, as CUPED has). As m is fixed before
/// the batch, terms minus their expectation are a martingale difference whatever the bandit did and however wrong m is; the better it is, the
/// less they scatter (T. Cook, A. Mishler and A. Ramdas, arXiv 2311.18274, 2023). The first batch has no earlier one and goes without.
/// Intervals: the asymptotic confidence sequence of I. Waudby-Smith et al. (arXiv 2103.06476, 2021), which holds for such terms and at
/// every look; it needs a least share of every action (their variance must not grow without end). The variance of a batch's terms is not
/// that of the terms seen: few rare rewards of an action with a small share weigh so much that, while none was seen, an action looks both
/// worse and surer than it is. It is reckoned from each action's residuals over all batches, whose variance is never taken below that of all.
/// </remarks>
public sealed class AdaptiveComparison
{
    private readonly DealtUnits[] _units;
    private readonly double[][] _expected;
    private readonly double[] _slopes;
    private readonly double[][] _chances;
    private readonly Moments[] _moments;
    private readonly long _tuning;

    /// <param name="units">In any order.</param>
    /// <param name="actions">How many actions there are.</param>
    /// <param name="tuning">Units of all actions at which intervals are tightest, chosen before the data are seen; at least 1.</param>
    /// <exception cref="OffPolicyRefusalException">A propensity, a reward or a covariate is missing or impossible.</exception>
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
        if (_units.Any(unit => !(unit.Propensity is > 0 and <= 1) || !double.IsFinite(unit.Reward) || !double.IsFinite(unit.Covariate)))
            throw new OffPolicyRefusalException(
                "Some units have no propensity above 0 and at most 1, or no finite reward or covariate. Nothing can be said without the probability with which "
                    + "each action was chosen: store it when the decision is made."
            );
        _tuning = tuning;
        (_expected, _slopes) = Expected(actions);
        _moments = [.. Enumerable.Range(0, actions).Select(action => Moments.Of(_units.Where(unit => unit.Action == action)))];
        _chances = Chances(actions);
    }

    /// <summary>Mean reward a unit, had everybody got the action.</summary>
    /// <returns>Null where fewer than two units are known, or nothing varies.</returns>
    public Difference? Mean(int action) =>
        Of(unit => Term(unit, action), batch => Squares(batch, action) * (1 / _chances[batch][action] - 1) + Variance(action, 0));

    /// <summary>Mean reward a unit, had everybody got the one instead of the other.</summary>
    /// <returns>Null where fewer than two units are known, or nothing varies.</returns>
    public Difference? Between(int action, int control) =>
        Of(
            unit => Term(unit, action) - Term(unit, control),
            batch =>
                Squares(batch, action) / _chances[batch][action]
                + Squares(batch, control) / _chances[batch][control]
                - Square(Bias(batch, action) - Bias(batch, control))
        );

    /// <summary>The difference with an interval that holds at every look.</summary>
    /// <param name="action">What is asked about.</param>
    /// <param name="control">What it is compared with.</param>
    /// <param name="alpha">1 − confidence, strictly between 0 and 0.5.</param>
    public TestedDifference? Test(int action, int control, double alpha = 0.05) =>
        Between(action, control) is { } difference ? new ConfidenceSequence(_tuning, alpha).Test(difference) : null;

    private double Term(DealtUnits unit, int action)
    {
        var expected = _expected[unit.Batch][action] + _slopes[unit.Batch] * unit.Covariate;
        return unit.Action == action ? expected + (unit.Reward - expected) / unit.Propensity : expected;
    }

    /// <summary>By how much rewards of an action, over all batches, lie above what was expected in this one.</summary>
    private double Bias(int batch, int action) =>
        _moments[action].Reward - _slopes[batch] * _moments[action].Covariate - _expected[batch][action];

    /// <summary>Mean square of the distance between rewards of an action and what was expected in this batch.</summary>
    private double Squares(int batch, int action) => Variance(action, _slopes[batch]) + Square(Bias(batch, action));

    /// <summary>Of what the covariate leaves of an action's rewards; not below that of all actions.</summary>
    private double Variance(int action, double slope)
    {
        var all = _moments.Sum(one => one.Units);
        var pooled = all > 0 ? _moments.Sum(one => one.Residual(slope) * one.Units) / all : 0;
        return Math.Max(_moments[action].Residual(slope), pooled);
    }

    private Difference? Of(Func<DealtUnits, double> term, Func<int, double> variance)
    {
        var count = _units.Sum(unit => unit.Units);
        if (count < 2)
            return null;
        var mean = _units.Sum(unit => term(unit) * unit.Units) / count;
        var sum = _units.GroupBy(unit => unit.Batch).Sum(batch => batch.Sum(unit => unit.Units) * Math.Max(0, variance(batch.Key)));
        return sum > 0 ? new Difference(mean, Math.Sqrt(sum) / count, count - 1, count) : null;
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

    /// <summary>
    /// By batch and action: what is expected of a unit whose covariate is 0, from the batches before; 0 where there is none. By batch: how much
    /// more is expected for each unit of the covariate, from how both go together within an action and a batch: a day on which everybody buys
    /// less is no slope.
    /// </summary>
    private (double[][] Expected, double[] Slopes) Expected(int actions)
    {
        var batches = _units.Length == 0 ? 0 : _units[^1].Batch + 1;
        var (expected, slopes) = (new double[batches][], new double[batches]);
        var (rewards, covariates, weights) = (new double[actions], new double[actions], new double[actions]);
        var (together, spread, size) = (0.0, 0.0, 0.0);
        var byBatch = _units.ToLookup(unit => unit.Batch);
        for (var batch = 0; batch < batches; batch++)
        {
            // Rounding alone leaves a spread of covariates that are all the same.
            var slope = slopes[batch] = spread > 1e-12 * size ? together / spread : 0;
            expected[batch] =
            [
                .. Enumerable
                    .Range(0, actions)
                    .Select(action => weights[action] > 0 ? (rewards[action] - slope * covariates[action]) / weights[action] : 0),
            ];
            foreach (var cell in byBatch[batch].GroupBy(unit => unit.Action))
            {
                var moments = Moments.Of(cell);
                rewards[cell.Key] += moments.Weight * moments.Reward;
                covariates[cell.Key] += moments.Weight * moments.Covariate;
                weights[cell.Key] += moments.Weight;
                together += moments.Weight * moments.Together;
                spread += moments.Weight * moments.CovariateSpread;
                size += moments.Weight * (moments.CovariateSpread + Square(moments.Covariate));
            }
        }
        return (expected, slopes);
    }

    /// <summary>Rewards and covariates of units, each unit weighing 1/p: means, variances and covariance.</summary>
    /// <param name="Weight">Of all.</param>
    private readonly record struct Moments(
        long Units,
        double Weight,
        double Reward,
        double Covariate,
        double RewardSpread,
        double CovariateSpread,
        double Together
    )
    {
        public static Moments Of(IEnumerable<DealtUnits> units)
        {
            var list = units as IReadOnlyCollection<DealtUnits> ?? [.. units];
            var weight = list.Sum(WeightOf);
            if (weight == 0)
                return default;
            double Mean(Func<DealtUnits, double> value) => list.Sum(unit => WeightOf(unit) * value(unit)) / weight;
            var (reward, covariate) = (Mean(unit => unit.Reward), Mean(unit => unit.Covariate));
            return new(
                list.Sum(unit => unit.Units),
                weight,
                reward,
                covariate,
                Mean(unit => Square(unit.Reward - reward)),
                Mean(unit => Square(unit.Covariate - covariate)),
                Mean(unit => (unit.Reward - reward) * (unit.Covariate - covariate))
            );
        }

        /// <summary>Variance of rewards less the slope times covariates.</summary>
        public double Residual(double slope) => Math.Max(0, RewardSpread - 2 * slope * Together + slope * slope * CovariateSpread);

        private static double WeightOf(DealtUnits unit) => unit.Units / unit.Propensity;
    }
}
