using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>How well a model did on examples that it had not seen.</summary>
/// <param name="Accuracy">Share of in-scope examples whose best intent is right.</param>
/// <param name="OutOfScopeRecall">Share of out-of-scope examples that fall back.</param>
/// <param name="FalseRejection">Share of in-scope examples that fall back though their best intent is right.</param>
/// <param name="CalibrationError">Expected calibration error (10 equal bins) of the confidence in the best intent.</param>
internal sealed record IntentMetrics(
    double Accuracy,
    double OutOfScopeRecall,
    double FalseRejection,
    double CalibrationError,
    double TrainingSeconds
);

/// <summary>A model that was trained and measured; everything that serving needs.</summary>
internal sealed record TrainedIntents(byte[] Content, Calibration Calibration, IntentMetrics Metrics);

/// <summary>
/// Bag of word 1–2-grams and character 1–4-grams (TF–IDF, L2) into multinomial logistic regression (maximum entropy, L-BFGS, L2 penalty),
/// with out of scope as a class of its own.
/// <para>
/// Confidence comes from cross-validation: each example is judged by a model that has not seen it; those judgements give the temperature,
/// the fall-back threshold and the metrics. The model that serves then learns from all examples.
/// </para>
/// <para>Single-threaded and seeded: the same examples give the same model.</para>
/// </summary>
internal static class IntentTrainer
{
    private const int Seed = 1;
    private const int Folds = 4;

    public static TrainedIntents Train(TrainingData data, double falseRejection, TimeProvider clock, CancellationToken ct)
    {
        var intents = data.Examples.Select(e => e.Intent).Distinct().ToArray();
        if (!intents.Contains(Intents.OutOfScope) || intents.Length < 3 || data.Examples.CountBy(e => e.Intent).Any(c => c.Value < Folds))
        {
            throw new InvalidDataException($"Give at least two intents besides {Intents.OutOfScope}, each with at least {Folds} examples.");
        }
        var started = clock.GetTimestamp();
        var judged = CrossValidate(data.Examples, ct);
        var calibration = Calibration.Fit(judged, falseRejection);
        var content = Fit(data.Examples, ct);
        var metrics = calibration.Measure(judged) with { TrainingSeconds = Math.Round(clock.GetElapsedTime(started).TotalSeconds, 3) };
        return new TrainedIntents(content, calibration, metrics);
    }

    /// <summary>Each fold holds every fourth example of each intent.</summary>
    private static List<Judged> CrossValidate(IReadOnlyList<Example> examples, CancellationToken ct)
    {
        var folds = examples.GroupBy(e => e.Intent).SelectMany(g => g.Select((e, n) => (Example: e, Fold: n % Folds))).ToArray();
        var judged = new List<Judged>(examples.Count);
        for (var fold = 0; fold < Folds; fold++)
        {
            using var model = new IntentModel(Fit([.. folds.Where(f => f.Fold != fold).Select(f => f.Example)], ct));
            judged.AddRange(folds.Where(f => f.Fold == fold).Select(f => new Judged(f.Example.Intent, model.Scores(f.Example.Text))));
        }
        return judged;
    }

    private static byte[] Fit(IReadOnlyList<Example> examples, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var ml = new MLContext(Seed);
        var rows = ml.Data.LoadFromEnumerable(
            examples.Select(e => new IntentRow { Text = Wording.Normalise(e.Text), Intent = e.Intent }).ToArray()
        );
        var pipeline = ml
            .Transforms.Text.FeaturizeText(
                "Features",
                new TextFeaturizingEstimator.Options
                {
                    KeepDiacritics = true,
                    WordFeatureExtractor = new WordBagEstimator.Options
                    {
                        NgramLength = 2,
                        Weighting = NgramExtractingEstimator.WeightingCriteria.TfIdf,
                    },
                    CharFeatureExtractor = new WordBagEstimator.Options
                    {
                        NgramLength = 4,
                        Weighting = NgramExtractingEstimator.WeightingCriteria.TfIdf,
                    },
                    Norm = TextFeaturizingEstimator.NormFunction.L2,
                },
                nameof(IntentRow.Text)
            )
            .Append(
                ml.Transforms.Conversion.MapValueToKey(
                    "Label",
                    nameof(IntentRow.Intent),
                    keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue
                )
            )
            .Append(
                ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                    new Microsoft.ML.Trainers.LbfgsMaximumEntropyMulticlassTrainer.Options
                    {
                        L1Regularization = 0,
                        L2Regularization = 0.01f,
                        OptimizationTolerance = 1e-3f,
                        // More steps fit the examples better and what was not seen worse.
                        MaximumNumberOfIterations = 40,
                        NumberOfThreads = 1,
                    }
                )
            );
        using var content = new MemoryStream();
        ml.Model.Save(pipeline.Fit(rows), rows.Schema, content);
        return content.ToArray();
    }
}

/// <summary>What ML.NET reads.</summary>
internal sealed class IntentRow
{
    public string Text { get; set; } = "";

    public string Intent { get; set; } = "";
}

/// <summary>What ML.NET answers: a probability for each intent.</summary>
internal sealed class IntentScores
{
    [ColumnName("Score")]
    public float[] Probabilities { get; set; } = [];
}
