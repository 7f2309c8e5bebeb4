using System.Globalization;
using MarketingPlatform.Recommendation.Models.Auto;

namespace MarketingPlatform.Recommendation.Models.Purposes;

/// <summary>How well a model foretold what it had never seen; stored with it.</summary>
/// <param name="HeldOut">Customers whose last basket, or visits whose last look, was kept aside.</param>
/// <param name="Ndcg">Mean at 10.</param>
/// <param name="NdcgError">Its standard error; null for models of before it was kept.</param>
/// <param name="Yardstick">What has to be reached: what the customer bought most often, or what is looked at most.</param>
/// <param name="Fair">How many of those kept aside the serving model had not seen either.</param>
/// <param name="ServingNdcg">The serving model's on those; null where there are too few of them, or none serves.</param>
/// <param name="OwnOnFair">This model's on the same.</param>
internal sealed record PurposeMetrics(
    int HeldOut,
    double Ndcg,
    double? NdcgError,
    string Yardstick,
    double YardstickNdcg,
    int? Fair = null,
    double? ServingNdcg = null,
    double? OwnOnFair = null
);

/// <summary>A new model beside its yardstick and the serving model, all on the same customers or visits: nDCG at 10 of each of them.</summary>
/// <param name="Serving">Null where none serves.</param>
internal sealed record PurposeTrial(double[] Candidate, double[] Yardstick, string YardstickName, ServingTrial? Serving);

/// <param name="Unseen">Which of those kept aside are newer than what the serving model learnt.</param>
/// <param name="Own">Of its own validation, when it was trained.</param>
/// <param name="OtherData">The new model learnt from other data.</param>
internal sealed record ServingTrial(double[] Ndcg, bool[] Unseen, PurposeMetrics? Own, bool OtherData);

/// <summary>
/// Whether a model for one purpose serves. It must not be below its yardstick beyond noise, and then beat the serving model, or have learnt
/// from other data and not be worse beyond noise: as <see cref="Promotion"/> has it, with nDCG for hits.
/// <para>
/// The serving model knows by heart what it learnt: these models keep histories. So the two are compared on what is newer, by paired
/// differences; with fewer than <see cref="Promotion.Enough"/> of those, each by its own validation, as two samples.
/// </para>
/// </summary>
internal static class PurposePromotion
{
    public static (Verdict Verdict, PurposeMetrics Metrics) Judge(PurposeTrial trial)
    {
        var metrics = new PurposeMetrics(
            trial.Candidate.Length,
            Mean(trial.Candidate),
            Round(StandardError(trial.Candidate)),
            trial.YardstickName,
            Mean(trial.Yardstick)
        );
        var below = Below(trial, metrics);
        if (trial.Serving is not { } serving)
        {
            return (below ?? new Verdict(true, $"the first model, not below {trial.YardstickName}"), metrics);
        }
        var fair = Enumerable.Range(0, trial.Candidate.Length).Where(n => serving.Unseen[n]).ToArray();
        metrics = metrics with { Fair = fair.Length };
        if (fair.Length < Promotion.Enough)
        {
            return (below ?? ByOwnValidation(metrics, serving), metrics);
        }
        metrics = metrics with
        {
            ServingNdcg = Mean([.. fair.Select(n => serving.Ndcg[n])]),
            OwnOnFair = Mean([.. fair.Select(n => trial.Candidate[n])]),
        };
        return (below ?? Paired([.. fair.Select(n => trial.Candidate[n] - serving.Ndcg[n])], metrics, serving.OtherData), metrics);
    }

    /// <returns>Null where it is not.</returns>
    private static Verdict? Below(PurposeTrial trial, PurposeMetrics metrics)
    {
        var differences = trial.Candidate.Zip(trial.Yardstick, (own, other) => own - other).ToArray();
        return Promotion.IsBelow(differences.Sum(), differences.Sum(d => d * d))
            ? new Verdict(false, $"below {metrics.Yardstick}: {Figures(metrics.Ndcg, metrics.YardstickNdcg)}")
            : null;
    }

    private static Verdict Paired(double[] differences, PurposeMetrics metrics, bool otherData)
    {
        var (sum, squares) = (differences.Sum(), differences.Sum(d => d * d));
        var figures = $"{Figures(metrics.OwnOnFair!.Value, metrics.ServingNdcg!.Value)} on {differences.Length} neither had seen";
        return Promotion.IsBelow(sum, squares) ? new(false, "worse than the serving model: " + figures)
            : sum > 0 ? new(true, "better than the serving model: " + figures)
            : otherData ? new(true, "learnt from other data and not worse beyond noise: " + figures)
            : new(false, "the same data and not better: " + figures);
    }

    private static Verdict ByOwnValidation(PurposeMetrics metrics, ServingTrial serving)
    {
        if (serving.Own is not { } own)
        {
            return new(true, $"not below {metrics.Yardstick}; nothing is known of how good the serving model was");
        }
        var error = metrics.NdcgError ?? 0;
        var noise = Math.Sqrt((error * error) + ((own.NdcgError ?? error) * (own.NdcgError ?? error)));
        var figures = $"{Figures(metrics.Ndcg, own.Ndcg)}, each on its own validation ({metrics.Fair} new to both are too few)";
        return own.Ndcg - metrics.Ndcg > 2 * noise ? new(false, "worse than the serving model: " + figures)
            : metrics.Ndcg > own.Ndcg ? new(true, "better than the serving model: " + figures)
            : serving.OtherData ? new(true, "learnt from other data and not worse beyond noise: " + figures)
            : new(false, "the same data and not better: " + figures);
    }

    private static string Figures(double own, double other) =>
        string.Create(CultureInfo.InvariantCulture, $"nDCG {own:0.0000} against {other:0.0000}");

    private static double Mean(double[] values) => values.Length == 0 ? 0 : Round(values.Average());

    private static double StandardError(double[] values)
    {
        if (values.Length < 2)
        {
            return 0;
        }
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length);
    }

    private static double Round(double value) => Math.Round(value, 4);
}
