using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.Experimentation.Analysis;

/// <summary>How two arms are set against each other.</summary>
public enum DifferenceKind
{
    /// <summary>Treatment − control, in the metric's unit.</summary>
    Absolute,

    /// <summary>(Treatment − control) / |control|: 0.1 is ten per cent more.</summary>
    Relative,
}

/// <summary>Which way a difference counts.</summary>
public enum Alternative
{
    /// <summary>Either way.</summary>
    TwoSided,

    /// <summary>Only a treatment above the control.</summary>
    Greater,

    /// <summary>Only a treatment below the control.</summary>
    Less,
}

/// <summary>The difference of two arms before it is tested.</summary>
/// <param name="Value">Treatment against control.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Degrees">Degrees of freedom of Welch and Satterthwaite.</param>
/// <param name="Units">Units of both arms together.</param>
public readonly record struct Difference(double Value, double StandardError, double Degrees, long Units)
{
    /// <summary>Sets treatment against control.</summary>
    /// <param name="control">The arm to compare with.</param>
    /// <param name="treatment">The other arm.</param>
    /// <param name="kind">Absolute or relative; the relative one counts in the control's own uncertainty, by the delta method.</param>
    /// <returns>Null where there is nothing to go by: fewer than two units in an arm, no variance at all, or a relative difference
    /// from 0.</returns>
    public static Difference? Of(Estimate control, Estimate treatment, DifferenceKind kind = DifferenceKind.Absolute)
    {
        if (control.Units < 2 || treatment.Units < 2 || !(control.Variance >= 0) || !(treatment.Variance >= 0))
            return null;
        var (a, b) = (control.Variance / control.Units, treatment.Variance / treatment.Units);
        if (!(a + b > 0))
            return null;
        var degrees = (a + b) * (a + b) / (a * a / (control.Units - 1) + b * b / (treatment.Units - 1));
        var apart = treatment.Mean - control.Mean;
        var units = control.Units + treatment.Units;
        if (kind == DifferenceKind.Absolute)
            return new Difference(apart, Math.Sqrt(a + b), degrees, units);

        var whole = control.UnadjustedMean;
        if (whole == 0)
            return null;
        // Where the derivative is taken makes a difference of second order; here it is where GrowthBook takes it.
        var share = control.IsRatio ? apart / whole : treatment.UnadjustedMean / whole - 1;
        var ofControl = (control.Variance + 2 * share * control.Covariance + share * share * control.UnadjustedVariance) / control.Units;
        return new Difference(apart / Math.Abs(whole), Math.Sqrt((b + ofControl) / (whole * whole)), degrees, units);
    }
}

/// <summary>A tested difference.</summary>
/// <param name="Value">Treatment against control.</param>
/// <param name="Lower">Lower bound; −∞ for <see cref="Alternative.Less"/>.</param>
/// <param name="Upper">Upper bound; ∞ for <see cref="Alternative.Greater"/>.</param>
/// <param name="P">p-value of no difference, 0 to 1.</param>
public readonly record struct TestedDifference(double Value, double Lower, double Upper, double P);

/// <summary>Welch's t test: for a sample whose size was fixed before anyone looked.</summary>
/// <remarks>B. L. Welch, Biometrika 34 (1947) 28–35. Looked at again and again it cries wolf: use
/// <see cref="Sequential.ConfidenceSequence"/>.</remarks>
public static class WelchTest
{
    /// <summary>Tests a difference against 0.</summary>
    /// <param name="difference">From <see cref="Difference.Of"/>.</param>
    /// <param name="alpha">1 − confidence, strictly between 0 and 1.</param>
    /// <param name="alternative">Which way a difference counts.</param>
    public static TestedDifference Test(Difference difference, double alpha = 0.05, Alternative alternative = Alternative.TwoSided)
    {
        var (value, error, degrees, _) = difference;
        var t = value / error;
        var half = error * StudentDistribution.Quantile(1 - (alternative == Alternative.TwoSided ? alpha / 2 : alpha), degrees);
        return alternative switch
        {
            Alternative.Greater => new TestedDifference(
                value,
                value - half,
                double.PositiveInfinity,
                StudentDistribution.Cumulative(-t, degrees)
            ),
            Alternative.Less => new TestedDifference(
                value,
                double.NegativeInfinity,
                value + half,
                StudentDistribution.Cumulative(t, degrees)
            ),
            _ => new TestedDifference(value, value - half, value + half, StudentDistribution.TwoSidedP(t, degrees)),
        };
    }
}

/// <summary>Newcombe's interval as a test, for rates of few successes or failures, where Welch's test is too sure.</summary>
public static class NewcombeTest
{
    /// <summary>Tests two rates: the p-value is 1 − the confidence at which the interval touches 0.</summary>
    /// <param name="control">The arm to compare with.</param>
    /// <param name="treatment">The other arm.</param>
    /// <param name="alpha">1 − confidence, strictly between 0 and 1.</param>
    public static TestedDifference Test(Proportion control, Proportion treatment, double alpha = 0.05)
    {
        var interval = NewcombeInterval.Of(treatment, control, 1 - alpha);
        return new TestedDifference(interval.Estimate, interval.Lower, interval.Upper, PValue(control, treatment));
    }

    private static double PValue(Proportion control, Proportion treatment)
    {
        if (treatment.Rate == control.Rate)
            return 1;
        var (low, high) = (1e-15, 1.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = Math.Sqrt(low * high);
            if (middle < 1 && NewcombeInterval.Of(treatment, control, 1 - middle).Contains(0))
                low = middle;
            else
                high = middle;
        }
        return high;
    }
}
