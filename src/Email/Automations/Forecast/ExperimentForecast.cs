using System.Globalization;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Results;
using MarketingPlatform.Experimentation.Power;
using MarketingPlatform.Experimentation.Sequential;

namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>How many people come to a step.</summary>
/// <param name="PerWeek">Null where nobody knows.</param>
/// <param name="AtMost">Whether some of them may not come as far.</param>
/// <param name="From">How that is known, to be read after "by".</param>
internal sealed record Traffic(double? PerWeek, bool AtMost, string From);

/// <summary>The least difference that an experiment on branches finds four times in five, told before it starts.</summary>
/// <param name="Metric">clicks, conversions or revenue.</param>
/// <param name="PeoplePerWeek">Who come to where the ways part; null where nobody knows.</param>
/// <param name="AtMost">Whether fewer may come so far.</param>
/// <param name="Baseline">What one of them does on average; null where nothing is known.</param>
/// <param name="After">After each of some weeks.</param>
internal sealed record ExperimentForecast(
    string Experiment,
    string Step,
    string Metric,
    double? PeoplePerWeek,
    bool AtMost,
    double? Baseline,
    string BaselineFrom,
    IReadOnlyList<ExperimentForecast.Detectable> After,
    string Sentence
)
{
    private static readonly int[] Weeks = [2, 4, 8];

    /// <param name="PerArm">People of an arm; of unequal arms, as many as two equal ones would need to be as sure.</param>
    /// <param name="Effect">Absolute, in the metric's unit; null where nothing is known to reckon with.</param>
    internal sealed record Detectable(int Weeks, int PerArm, double? Effect);

    /// <param name="moments">Mean and standard deviation of the metric a person; null where nothing is known.</param>
    public static ExperimentForecast Of(
        ExperimentStep step,
        string metric,
        Traffic traffic,
        (double Mean, double Deviation)? moments,
        string baselineFrom
    )
    {
        var alpha = CampaignAnalysis.AlphaOf(step.Arms.Count);
        var share = EqualShare([.. step.Arms.Select(arm => arm.Share)]);
        Detectable[] after =
        [
            .. Weeks.Select(weeks =>
            {
                var perArm = (traffic.PerWeek ?? 0) * weeks * share;
                double? effect =
                    moments is { } known && perArm >= 1
                        ? DetectableEffect.OfMean(known.Deviation, perArm, alpha: alpha, tuning: ConfidenceSequence.DefaultTuning)
                        : null;
                return new Detectable(weeks, (int)perArm, effect);
            }),
        ];
        return new(
            step.Experiment,
            step.Id,
            metric,
            traffic.PerWeek,
            traffic.AtMost,
            moments?.Mean,
            baselineFrom,
            after,
            SentenceOf(metric, traffic, moments?.Mean, baselineFrom, after)
        );
    }

    /// <summary>
    /// What an arm would have of the people if the first arm and the worst placed other were alike, and the difference between them just as
    /// sure: 1/n₁ + 1/n₂ decides over that.
    /// </summary>
    internal static double EqualShare(IReadOnlyList<double> shares) =>
        shares.Count < 2 || shares.Any(share => share <= 0) ? 0 : 2 / (1 / shares[0] + 1 / shares.Skip(1).Min());

    private static string SentenceOf(string metric, Traffic traffic, double? mean, string from, Detectable[] after)
    {
        if (traffic.PerWeek is not { } people)
            return $"How large a difference it can find cannot be said: {traffic.From}.";
        if (people < 1)
            return $"Hardly anybody comes to where the ways part, by {traffic.From}: it would find no difference in months.";
        var come = string.Create(
            CultureInfo.InvariantCulture,
            $"{(traffic.AtMost ? "At most" : "About")} {people:N0} people a week come to where the ways part, by {traffic.From}."
        );
        if (mean is not { } known || after.Any(one => one.Effect is null))
            return $"{come} How large a difference it can find cannot be said: nothing is known yet about what they bring in.";
        var (unit, scale) = Campaigns.Baseline.UnitOf(metric);
        // Above all or nothing there is no difference to be found.
        var found = after.Select(one =>
            metric != CampaignWords.Revenue && one.Effect > 1 - known
                ? $"none after {one.Weeks} weeks"
                : string.Create(CultureInfo.InvariantCulture, $"{one.Effect!.Value * scale:0.00} after {one.Weeks} weeks")
        );
        return come
            + string.Create(
                CultureInfo.InvariantCulture,
                $" Four times in five it finds a difference of {string.Join(", ", found)} ({unit}), from {known * scale:0.00} ({from}); a smaller one may stay unseen."
            );
    }
}
