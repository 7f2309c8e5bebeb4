using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bayesian;

/// <summary>Revenue of which most units bring none: whether a unit buys, and for how much, are believed apart.</summary>
/// <param name="Rate">Belief about the share of buyers.</param>
/// <param name="Value">Mean of a buyer's value.</param>
/// <param name="ValueVariance">Variance of the belief about that mean.</param>
public readonly record struct HurdleArm(BetaArm Rate, double Value, double ValueVariance)
{
    /// <summary>Fewest buyers for which the belief about their mean has a variance.</summary>
    public const long FewestBuyers = 4;

    /// <summary>An arm as it was seen, with a uniform prior on the rate and a flat one on the mean.</summary>
    /// <param name="moments">An arm with at least <see cref="FewestBuyers"/> units whose value is not 0.</param>
    /// <exception cref="ArgumentException">Fewer buyers.</exception>
    public static HurdleArm Of(UnitMoments moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        if (moments.Active < FewestBuyers)
            throw new ArgumentException($"At least {FewestBuyers} units need a value that is not 0.", nameof(moments));

        // Student's t with n − 1 degrees of freedom has (n − 1) / (n − 3) times the variance of a normal distribution.
        double buyers = moments.Active;
        var variance = moments.ActiveVariance / buyers * (buyers - 1) / (buyers - 3);
        return new HurdleArm(new BetaArm().Observe(moments.Active, moments.Units - moments.Active), moments.ActiveMean, variance);
    }
}

/// <summary>Compares revenue per unit = rate × value of a buyer.</summary>
/// <remarks>
/// The rates follow beta distributions, the means of buyers' values normal ones (central limit theorem; of buyers, not of all units). Given
/// both rates the difference is normal; over both rates it is integrated by nested adaptive quadrature on the logit scale, cut where the
/// integrand is steep: absolute error of a probability below 1e-7.
/// </remarks>
public static class HurdleBelief
{
    private const double Tolerance = 1e-9;

    /// <summary>Compares two arms.</summary>
    /// <param name="control">The arm to compare with.</param>
    /// <param name="treatment">The other arm.</param>
    /// <param name="credibility">Of the interval, strictly between 0 and 1.</param>
    public static Belief Of(HurdleArm control, HurdleArm treatment, double credibility = 0.95)
    {
        var reach = 12 * (Spread(control) + Spread(treatment));
        var centre = treatment.Rate.Mean * treatment.Value - control.Rate.Mean * control.Value;
        var tail = (1 - credibility) / 2;
        double Below(double difference) => Over(control, treatment, difference, (mean, deviation) => Share(difference - mean, deviation));
        return new Belief(
            Over(control, treatment, 0, Share),
            Over(control, treatment, 0, Shortfall),
            Belief.Invert(Below, tail, centre - reach, centre + reach),
            Belief.Invert(Below, 1 - tail, centre - reach, centre + reach)
        );
    }

    // Φ and the mean of max(−X, 0), also of a normal distribution without width.
    private static double Share(double mean, double deviation) =>
        deviation > 0 ? NormalDistribution.Cumulative(mean / deviation)
        : mean > 0 ? 1
        : 0;

    private static double Shortfall(double mean, double deviation) =>
        deviation > 0
            ? deviation * NormalDistribution.Density(mean / deviation) - mean * NormalDistribution.Cumulative(-mean / deviation)
            : Math.Max(-mean, 0);

    /// <summary>The mean, over both rates, of a function of the difference's mean and deviation that turns where the difference is
    /// <paramref name="turn"/>.</summary>
    private static double Over(HurdleArm control, HurdleArm treatment, double turn, Func<double, double, double> given)
    {
        var (a, b) = (new Logits(control.Rate), new Logits(treatment.Rate));
        return Quadrature.Integrate(
            Outer,
            a.Cuts(b.Places.Select(y => (y * treatment.Value - turn) / control.Value)),
            10 * Tolerance,
            30 * Math.Max(a.Noise, b.Noise)
        );

        double Outer(double logit)
        {
            var density = a.Density(logit);
            if (density < 1e-18)
                return 0;
            var x = 1 / (1 + Math.Exp(-logit));
            var turns = (x * control.Value + turn) / treatment.Value;
            var width = Math.Sqrt(turns * turns * treatment.ValueVariance + x * x * control.ValueVariance) / treatment.Value;
            return density * Quadrature.Integrate(Inner, b.Cuts([turns - 4 * width, turns, turns + 4 * width]), Tolerance / 10, b.Noise);

            double Inner(double other)
            {
                var weight = b.Density(other);
                if (weight < 1e-18)
                    return 0;
                var y = 1 / (1 + Math.Exp(-other));
                var variance = y * y * treatment.ValueVariance + x * x * control.ValueVariance;
                return weight * given(y * treatment.Value - x * control.Value, Math.Sqrt(variance));
            }
        }
    }

    private static double Spread(HurdleArm arm)
    {
        var total = arm.Rate.Alpha + arm.Rate.Beta;
        var rateVariance = arm.Rate.Mean * (1 - arm.Rate.Mean) / (total + 1);
        return Math.Sqrt(rateVariance * arm.Value * arm.Value + arm.Rate.Mean * arm.Rate.Mean * arm.ValueVariance);
    }

    /// <summary>A rate's belief on the logit scale.</summary>
    private sealed class Logits
    {
        private readonly BetaArm _arm;
        private readonly double[] _cuts;
        private readonly double _whole;

        public Logits(BetaArm arm)
        {
            _arm = arm;
            var (mode, width) = (Math.Log(arm.Alpha / arm.Beta), Math.Sqrt(1 / arm.Alpha + 1 / arm.Beta));
            var (low, high) = (mode, mode);
            while (BetaDistribution.LogitDensity(arm.Alpha, arm.Beta, low) * width > 1e-14)
                low -= width;
            while (BetaDistribution.LogitDensity(arm.Alpha, arm.Beta, high) * width > 1e-14)
                high += width;
            _cuts = [low, mode - 2 * width, mode, mode + 2 * width, high];

            // 1 but for rounding in the density's constant, which grows with the parameters.
            _whole = Quadrature.Integrate(logit => BetaDistribution.LogitDensity(arm.Alpha, arm.Beta, logit), _cuts, Tolerance, Noise);
        }

        /// <summary>Relative rounding error of the density, whose exponent is a sum of terms as large as the parameters.</summary>
        public double Noise => Math.Max(1e-9, 1e-15 * (_arm.Alpha + _arm.Beta));

        public IEnumerable<double> Places => _cuts.Select(cut => 1 / (1 + Math.Exp(-cut)));

        public double Density(double logit) => BetaDistribution.LogitDensity(_arm.Alpha, _arm.Beta, logit) / _whole;

        /// <summary>Its own cuts and those rates that lie between its ends.</summary>
        public double[] Cuts(IEnumerable<double> rates)
        {
            var cuts = new SortedSet<double>(_cuts);
            foreach (var rate in rates)
            {
                if (rate is > 0 and < 1 && Math.Log(rate / (1 - rate)) is var cut && cut > _cuts[0] && cut < _cuts[^1])
                    cuts.Add(cut);
            }
            return [.. cuts];
        }
    }
}
