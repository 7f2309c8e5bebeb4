using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.Experimentation.Bayesian;

/// <summary>What the data leave to believe of a treatment against a control.</summary>
/// <param name="ChanceToWin">Probability that the treatment's true value is above the control's, 0 to 1.</param>
/// <param name="ExpectedLoss">What one loses on average, in the metric's unit per unit, by taking the treatment: the mean of
/// max(control − treatment, 0).</param>
/// <param name="Lower">Below the difference lies this with probability (1 − credibility) / 2.</param>
/// <param name="Upper">And above this.</param>
public readonly record struct Belief(double ChanceToWin, double ExpectedLoss, double Lower, double Upper)
{
    /// <summary>The value of a rising distribution function at a probability, by regula falsi (Illinois) with halvings.</summary>
    internal static double Invert(Func<double, double> cumulative, double probability, double low, double high)
    {
        var (below, above) = (cumulative(low) - probability, cumulative(high) - probability);
        var fine = 1e-9 * (high - low);
        for (var i = 0; i < 80 && high - low > fine; i++)
        {
            // Every third step halves, for functions that are flat where the others would creep.
            var at = i % 3 == 2 || above - below <= 0 ? (low + high) / 2 : low - below * (high - low) / (above - below);
            at = Math.Clamp(at, low + fine / 4, high - fine / 4);
            var off = cumulative(at) - probability;
            if (off < 0)
                (low, below, above) = (at, off, i % 3 == 0 ? above : above / 2);
            else
                (high, above, below) = (at, off, i % 3 == 0 ? below : below / 2);
            if (Math.Abs(off) < 1e-10)
                return at;
        }
        return (low + high) / 2;
    }
}

/// <summary>Rates, with a uniform prior unless the arms bring another: by quadrature, absolute error below 1e-8.</summary>
/// <remarks>
/// Chance to win ∫ f_control(x) (1 − F_treatment(x)) dx; expected loss ∫ F_treatment(x) (1 − F_control(x)) dx; both over the logit of x. For
/// whole-number parameters both have closed forms (E. Miller, "Formulas for Bayesian A/B testing", 2015; C. Stucchio, "Bayesian A/B
/// testing at VWO", 2015), which the tests compare with. Where both arms have thousands of successes and of failures, <see cref="LargeRates"/>
/// is as exact and much faster.
/// </remarks>
public static class RateBelief
{
    private const double Tolerance = 1e-10;

    /// <summary>Compares two rates.</summary>
    /// <param name="control">Successes and failures of the control, with its prior.</param>
    /// <param name="treatment">Those of the treatment.</param>
    /// <param name="credibility">Of the interval, strictly between 0 and 1.</param>
    public static Belief Of(Bandits.BetaArm control, Bandits.BetaArm treatment, double credibility = 0.95)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(treatment);
        if (LargeRates.Fit(control, treatment))
            return LargeRates.Of(control, treatment, credibility);
        var (low, high) = Range(control);
        var win = 1 - Below(control, treatment, 0);
        var loss = Quadrature.Integrate(Loss, Cuts(Math.Min(low, Range(treatment).Low), high, control, treatment, 0), Tolerance);
        var tail = (1 - credibility) / 2;
        return new Belief(
            Math.Clamp(win, 0, 1),
            Math.Max(0, loss),
            Belief.Invert(difference => Below(control, treatment, difference), tail, -1, 1),
            Belief.Invert(difference => Below(control, treatment, difference), 1 - tail, -1, 1)
        );

        double Loss(double logit)
        {
            var x = 1 / (1 + Math.Exp(-logit));
            return BetaDistribution.CumulativeOfLogit(treatment.Alpha, treatment.Beta, logit)
                * BetaDistribution.CumulativeOfLogit(control.Beta, control.Alpha, -logit)
                * x
                / (1 + Math.Exp(logit));
        }
    }

    /// <summary>P(treatment − control ≤ difference).</summary>
    private static double Below(Bandits.BetaArm control, Bandits.BetaArm treatment, double difference)
    {
        var (low, high) = Range(control);
        return Quadrature.Integrate(Integrand, Cuts(low, high, control, treatment, difference), Tolerance);

        double Integrand(double logit)
        {
            var density = BetaDistribution.LogitDensity(control.Alpha, control.Beta, logit);
            if (density < 1e-18)
                return 0;
            if (difference == 0)
                return density * BetaDistribution.CumulativeOfLogit(treatment.Alpha, treatment.Beta, logit);
            var x = 1 / (1 + Math.Exp(-logit)) + difference;
            return x <= 0 ? 0
                : x >= 1 ? density
                : density * BetaDistribution.CumulativeOfLogit(treatment.Alpha, treatment.Beta, Math.Log(x / (1 - x)));
        }
    }

    /// <summary>Logits between which all but 1e-15 of the belief lies.</summary>
    private static (double Low, double High) Range(Bandits.BetaArm arm)
    {
        var mode = Math.Log(arm.Alpha / arm.Beta);
        var width = Math.Sqrt(1 / arm.Alpha + 1 / (arm.Alpha * arm.Alpha) + 1 / arm.Beta + 1 / (arm.Beta * arm.Beta));
        return (mode - 40 * width, mode + 40 * width);
    }

    /// <summary>Where either function is steep, or has a kink, so that no narrow peak is missed.</summary>
    private static double[] Cuts(double low, double high, Bandits.BetaArm control, Bandits.BetaArm treatment, double difference)
    {
        var cuts = new SortedSet<double> { low, high };
        foreach (var step in (ReadOnlySpan<double>)[-8, -3, 0, 3, 8])
        {
            Add(Math.Log(control.Alpha / control.Beta) + step * Math.Sqrt(1 / control.Alpha + 1 / control.Beta));
            var other = Math.Log(treatment.Alpha / treatment.Beta) + step * Math.Sqrt(1 / treatment.Alpha + 1 / treatment.Beta);
            AddRate(1 / (1 + Math.Exp(-other)) - difference);
        }
        AddRate(-difference);
        AddRate(1 - difference);
        return [.. cuts];

        void AddRate(double x)
        {
            if (x is > 0 and < 1)
                Add(Math.Log(x / (1 - x)));
        }

        void Add(double cut)
        {
            if (cut > low && cut < high)
                cuts.Add(cut);
        }
    }
}

/// <summary>Means, with a flat prior: the difference is believed to follow Student's t around what was seen. Closed form.</summary>
public static class MeanBelief
{
    /// <summary>What a difference leaves to believe.</summary>
    /// <param name="difference">From <see cref="Analysis.Difference.Of"/>.</param>
    /// <param name="credibility">Of the interval, strictly between 0 and 1.</param>
    public static Belief Of(Analysis.Difference difference, double credibility = 0.95)
    {
        var (value, error, degrees, _) = difference;
        var t = value / error;
        var half = error * StudentDistribution.Quantile((1 + credibility) / 2, degrees);

        // E max(−X, 0) of a t at t; it has a mean only above one degree of freedom.
        var loss =
            degrees <= 1
                ? double.PositiveInfinity
                : error
                    * (
                        StudentDistribution.Density(t, degrees) * (double.IsInfinity(degrees) ? 1 : (degrees + t * t) / (degrees - 1))
                        - t * StudentDistribution.Cumulative(-t, degrees)
                    );
        return new Belief(StudentDistribution.Cumulative(t, degrees), Math.Max(0, loss), value - half, value + half);
    }
}
