namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>An example with what the classifier said about it without having seen it.</summary>
/// <param name="InScope">Whether the example belongs to an intent.</param>
/// <param name="Right">Whether the best intent is its intent.</param>
/// <param name="Rejected">Whether the score is below the threshold.</param>
internal readonly record struct Verdict(bool InScope, bool Right, double Confidence, double Score, bool Rejected);

/// <summary>How well a classifier did on examples that it had not seen.</summary>
/// <param name="Accuracy">Share of in-scope examples whose best intent is right.</param>
/// <param name="CalibrationError">Expected calibration error (15 equal bins; Guo et al. 2017) of the confidence, over the in-scope examples.</param>
/// <param name="FalseRejection">Share of in-scope examples that are not taken as understood.</param>
/// <param name="OutOfScopeRecall">Share of out-of-scope examples that are not taken as understood; null where there are none.</param>
/// <param name="OutOfScopeAuroc">
/// Probability that an in-scope example scores higher than an out-of-scope one, ties half; null where either are missing.
/// </param>
internal sealed record IntentMetrics(
    int InScope,
    int OutOfScope,
    double Accuracy,
    double CalibrationError,
    double FalseRejection,
    double? OutOfScopeRecall,
    double? OutOfScopeAuroc,
    double TrainingSeconds = 0
)
{
    private const int Bins = 15;

    public static IntentMetrics Of(IReadOnlyCollection<Verdict> verdicts)
    {
        var inside = verdicts.Where(v => v.InScope).ToArray();
        var outside = verdicts.Where(v => !v.InScope).ToArray();
        var error =
            inside
                .GroupBy(v => Math.Min(Bins - 1, (int)(v.Confidence * Bins)))
                .Sum(bin => Math.Abs(bin.Sum(v => v.Confidence) - bin.Count(v => v.Right))) / Math.Max(1, inside.Length);
        return new IntentMetrics(
            inside.Length,
            outside.Length,
            Math.Round(Share(inside, v => v.Right), 4),
            Math.Round(error, 4),
            Math.Round(Share(inside, v => v.Rejected), 4),
            outside.Length == 0 ? null : Math.Round(Share(outside, v => v.Rejected), 4),
            outside.Length == 0 || inside.Length == 0 ? null : Math.Round(Auroc(inside, outside), 4)
        );
    }

    private static double Share(Verdict[] all, Func<Verdict, bool> counts) => all.Length == 0 ? 0 : all.Count(counts) / (double)all.Length;

    private static double Auroc(Verdict[] inside, Verdict[] outside)
    {
        var scores = inside.Select(v => v.Score).Order().ToArray();
        return outside.Average(v =>
        {
            var below = scores.Count(s => s < v.Score);
            var equal = scores.Count(s => s == v.Score);
            return 1 - (below + equal / 2.0) / scores.Length;
        });
    }
}
