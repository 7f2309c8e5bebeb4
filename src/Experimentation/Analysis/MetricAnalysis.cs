namespace MarketingPlatform.Experimentation.Analysis;

/// <summary>How certainty is reckoned.</summary>
public enum InferenceMethod
{
    /// <summary>One look at a size fixed before: Welch's t test, Newcombe's interval for rates of few successes.</summary>
    Fixed,

    /// <summary>Any number of looks: confidence sequences.</summary>
    Sequential,

    /// <summary>Chance to win and expected loss.</summary>
    Bayesian,
}

/// <summary>An arm as it was observed.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Moments">Its units.</param>
public sealed record ObservedArm(string Name, UnitMoments Moments);

/// <summary>What to analyse, and how.</summary>
public sealed record AnalysisPlan
{
    /// <value>What people call the metric.</value>
    public required string Metric { get; init; }

    /// <value>Name of the arm to compare with.</value>
    public required string Control { get; init; }

    /// <value>Default one look.</value>
    public InferenceMethod Method { get; init; } = InferenceMethod.Fixed;

    /// <value>1 − confidence; default 0.05; strictly between 0 and 0.5.</value>
    public double Alpha { get; init; } = 0.05;

    /// <value>Units at which a confidence sequence is tightest; default <see cref="Sequential.ConfidenceSequence.DefaultTuning"/>.</value>
    public long Tuning { get; init; } = Sequential.ConfidenceSequence.DefaultTuning;

    /// <value>Whether the arms' covariates are used to take out noise.</value>
    public bool Covariate { get; init; }

    /// <value>Expected share of each arm, in the arms' order; default the same for all.</value>
    public IReadOnlyList<double>? Shares { get; init; }
}

/// <summary>One arm's result. What is about a difference is null for the control.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Units">Units.</param>
/// <param name="Mean">Mean of the metric per unit, adjusted where there is a covariate.</param>
/// <param name="UnadjustedMean">As it was seen.</param>
/// <param name="Lift">Mean − the control's, in the metric's unit.</param>
/// <param name="RelativeLift">Lift by the control's mean; null where that is 0.</param>
/// <param name="Interval">Of the lift.</param>
/// <param name="RelativeInterval">Of the relative lift.</param>
/// <param name="P">p-value of no lift; with <see cref="InferenceMethod.Bayesian"/> that of one look, for comparison.</param>
/// <param name="AdjustedP">The same after Holm, where several arms are compared with the control.</param>
/// <param name="ChanceToWin">Probability that its true mean is above the control's, with flat priors.</param>
/// <param name="ExpectedLoss">Mean of what is lost, in the metric's unit, if it is taken and is worse.</param>
public sealed record ArmAnalysis(
    string Name,
    long Units,
    double Mean,
    double UnadjustedMean,
    double? Lift = null,
    double? RelativeLift = null,
    (double Lower, double Upper)? Interval = null,
    (double Lower, double Upper)? RelativeInterval = null,
    double? P = null,
    double? AdjustedP = null,
    double? ChanceToWin = null,
    double? ExpectedLoss = null
);

/// <summary>The result of one metric.</summary>
/// <param name="Metric">What people call it.</param>
/// <param name="IsRate">Whether every unit's value is 0 or 1.</param>
/// <param name="Arms">The control first, the others in the order given.</param>
/// <param name="SampleRatioP">Pearson's p-value of the arms' sizes.</param>
/// <param name="SequentialSampleRatioP">The one that may be read at any time.</param>
/// <param name="SampleRatioAlarm">Whether the sizes are not what they should be: the result must not be believed.</param>
/// <param name="Sentence">The result in a sentence for who owns the shop.</param>
/// <param name="Notes">What somebody careful should know besides.</param>
public sealed record MetricResult(
    string Metric,
    bool IsRate,
    IReadOnlyList<ArmAnalysis> Arms,
    double SampleRatioP,
    double SequentialSampleRatioP,
    bool SampleRatioAlarm,
    string Sentence,
    IReadOnlyList<string> Notes
);

/// <summary>Data that no statement can be made from; the message says what is missing.</summary>
public sealed class UnanalysableException(string message) : Exception(message);
