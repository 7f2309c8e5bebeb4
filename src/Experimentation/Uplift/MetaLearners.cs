namespace MarketingPlatform.Experimentation.Uplift;

/// <summary>Learns from a randomised test how much more each person does when treated.</summary>
/// <remarks>
/// Meta-learners: they put the question so that any <see cref="Regressor"/> can answer it. All three assume that treatment was drawn by lot
/// with the same chance for everybody. With mails the effect is small beside the noise: judge them by <see cref="QiniCurve"/> on people
/// they have not seen.
/// </remarks>
public static class MetaLearners
{
    /// <summary>A model of the treated less a model of the others.</summary>
    /// <remarks>Simple, and good where the effect is strong; the errors of two models add up. "T-learner" in Künzel et al.
    /// (2019).</remarks>
    public static Predictor TwoModel(UpliftSample sample, Regressor regressor)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(regressor);
        var (with, without) = (Fit(sample.Arm(true), regressor), Fit(sample.Arm(false), regressor));
        return people => [.. with(people).Zip(without(people), (treated, untreated) => treated - untreated)];
    }

    /// <summary>One model of an outcome changed so that its mean is the effect: y / e for the treated, −y / (1 − e) for the
    /// others.</summary>
    /// <remarks>
    /// M. Jaskowski and S. Jaroszewicz, "Uplift modeling for clinical trial data", ICML 2012 workshop; S. Athey and G. Imbens, PNAS 113
    /// (2016) 7353–7360. Aims at the effect itself, with much noise. Outcomes are first freed of their mean, which changes nothing but
    /// takes the largest part of that noise away.
    /// </remarks>
    public static Predictor TransformedOutcome(UpliftSample sample, Regressor regressor)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(regressor);
        var (e, centre) = (sample.TreatedShare, sample.Outcomes.Average());
        return regressor(sample.Features, [.. sample.Outcomes.Select((y, i) => (y - centre) / (sample.Treated[i] ? e : e - 1))]);
    }

    /// <summary>Two models of outcomes, then two of what each person did more than the other arm's model expects, weighted by the arms'
    /// shares.</summary>
    /// <remarks>S. R. Künzel, J. S. Sekhon, P. J. Bickel and B. Yu, "Metalearners for estimating heterogeneous treatment effects using
    /// machine learning", PNAS 116 (2019) 4156–4165. Best where one arm is much larger than the other.</remarks>
    public static Predictor XLearner(UpliftSample sample, Regressor regressor)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(regressor);
        var (treated, others) = (sample.Arm(true), sample.Arm(false));
        var expectedWith = Fit(treated, regressor)(others.Features);
        var expectedWithout = Fit(others, regressor)(treated.Features);
        var fromTreated = regressor(treated.Features, [.. treated.Outcomes.Zip(expectedWithout, (y, without) => y - without)]);
        var fromOthers = regressor(others.Features, [.. others.Outcomes.Zip(expectedWith, (y, with) => with - y)]);
        var e = sample.TreatedShare;
        return people => [.. fromOthers(people).Zip(fromTreated(people), (others, treated) => e * others + (1 - e) * treated)];
    }

    private static Predictor Fit((float[][] Features, double[] Outcomes) arm, Regressor regressor) => regressor(arm.Features, arm.Outcomes);
}
