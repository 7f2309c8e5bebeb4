using MarketingPlatform.Chatbot.Understanding.Classifier;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>What a training may be told. Nothing of it depends on the examples.</summary>
/// <param name="OutOfScopeLabel">Examples of this label teach what the bot has no intent for.</param>
/// <param name="FalseRejection">Share of in-scope validation examples below the threshold, 0 to 1.</param>
/// <param name="WithNetworks">False: linear machines only, some points less accurate and trained in a hundredth of the time.</param>
internal sealed record TrainerOptions(
    string OutOfScopeLabel,
    double FalseRejection,
    int Threads = 2,
    ISentenceEncoder? Encoder = null,
    bool WithNetworks = true
);

/// <summary>A model that was trained and measured on examples that its validation members had not seen.</summary>
internal sealed record TrainedIntents(IntentModel Model, IntentMetrics Metrics);

/// <summary>
/// Trains the classifier: n-grams into a linear model and a network (<see cref="Ensemble"/>), blended and calibrated on validation examples
/// (<see cref="Blend"/>), with the threshold of the in-scope score at the wanted false rejection. Where no validation is given, a small
/// set is judged in <see cref="Folds"/> folds and of a large one a tenth is held out; the model that serves then learns from all examples.
/// <para>Seeded: the same examples give the same model, whatever the number of threads.</para>
/// </summary>
internal static class IntentTrainer
{
    private const int Folds = 5;
    private const int HeldOutFolds = 10;
    private const int ManyExamples = 4_000;

    /// <summary>Of few examples each network learns something else, and each is quickly trained: more of them are worth it.</summary>
    private const int NetworksOfFew = 8;
    private const int NetworksOfMany = 4;
    private const int ValidationNetworks = 2;

    /// <summary>90 of 100 thresholds keep what they promise.</summary>
    private const double Sureness = 1.28;

    /// <param name="progress">Told the share of the work that is done, 0 to 1.</param>
    /// <exception cref="InvalidDataException">Says what the examples lack.</exception>
    public static TrainedIntents Train(
        IReadOnlyList<Example> examples,
        IReadOnlyList<Example>? validation,
        TrainerOptions options,
        TimeProvider clock,
        IProgress<double>? progress,
        CancellationToken ct
    )
    {
        var started = clock.GetTimestamp();
        var labels = Labels(examples, options.OutOfScopeLabel);
        var outOfScope = labels.IndexOf(options.OutOfScopeLabel);
        var folds = validation is { Count: > 0 } ? [] : Split(examples);
        var (networks, validationNetworks) = options.WithNetworks
            ? (examples.Count > ManyExamples ? NetworksOfMany : NetworksOfFew, ValidationNetworks)
            : (0, 0);
        var meter = new Meter(progress, folds.Sum(f => (double)f.Learnt.Count * validationNetworks) + (double)examples.Count * networks);

        Ensemble Fit(IReadOnlyList<Example> learnt, int count) =>
            Ensemble.Fit(
                [.. learnt.Select(e => e.Text)],
                [.. learnt.Select(e => labels.BinarySearch(e.Intent, StringComparer.Ordinal))],
                labels.Count,
                count,
                options.Threads,
                options.Encoder,
                share => meter.Add(share * learnt.Count * count),
                ct
            );
        IEnumerable<Judged> Judge(Ensemble members, IEnumerable<Example> unseen) =>
            unseen
                .Select(e => (e.Text, Target: labels.BinarySearch(e.Intent, StringComparer.Ordinal)))
                .Where(e => e.Target >= 0)
                .Select(e => new Judged(e.Target, members.Score(e.Text)));

        var judged = new List<Judged>();
        foreach (var (learnt, heldOut) in folds)
            judged.AddRange(Judge(Fit(learnt, validationNetworks), heldOut));
        var members = Fit(examples, networks);
        if (validation is { Count: > 0 })
            judged.AddRange(Judge(members, validation));

        var blend = Blend.Fit(judged);
        var judgements = judged.Select(j => (j.Target, Judgement: IntentModel.Judge(j.Scores, blend, labels, outOfScope))).ToArray();
        var threshold = Threshold(judgements.Where(j => j.Target != outOfScope).Select(j => j.Judgement.InScope), options.FalseRejection);
        var metrics = IntentMetrics.Of([
            .. judgements.Select(j => new Verdict(
                j.Target != outOfScope,
                j.Judgement.Ranking[0].Intent == labels[j.Target],
                j.Judgement.Ranking[0].Probability,
                j.Judgement.InScope,
                j.Judgement.InScope < threshold
            )),
        ]);
        return new TrainedIntents(
            new IntentModel(labels, outOfScope, members, blend, threshold),
            metrics with
            {
                TrainingSeconds = Math.Round(clock.GetElapsedTime(started).TotalSeconds, 3),
            }
        );
    }

    /// <summary>
    /// The score below which, with a confidence of <see cref="Sureness"/> standard errors, at most the stated share of all in-scope messages lies:
    /// an order statistic of the validation scores (Wilks 1941, with the normal approximation of the binomial). Of few examples it is the lowest.
    /// </summary>
    internal static double Threshold(IEnumerable<double> inScope, double falseRejection)
    {
        var scores = inScope.Order().ToArray();
        var allowed = scores.Length * falseRejection - Sureness * Math.Sqrt(scores.Length * falseRejection * (1 - falseRejection));
        return scores.Length == 0 ? 0.5 : scores[Math.Clamp((int)allowed, 0, scores.Length - 1)];
    }

    private static List<string> Labels(IReadOnlyList<Example> examples, string outOfScope)
    {
        var counts = examples.CountBy(e => e.Intent).Where(c => c.Key != outOfScope).ToArray();
        if (counts.Length < 2)
            throw new InvalidDataException(
                $"Give examples of at least two intents besides '{outOfScope}'; there {(counts.Length == 1 ? $"is only '{counts[0].Key}'" : "is none")}."
            );
        if (counts.FirstOrDefault(c => c.Value < 2) is { Key: { } lonely })
            throw new InvalidDataException($"Give at least two examples of every intent; '{lonely}' has one.");
        return [.. examples.Select(e => e.Intent).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>What is learnt and what is judged after it: every example of a small set is judged once, of a large one every tenth.</summary>
    private static List<(IReadOnlyList<Example> Learnt, IReadOnlyList<Example> HeldOut)> Split(IReadOnlyList<Example> examples)
    {
        var many = examples.Count > ManyExamples;
        var count = many ? HeldOutFolds : Folds;
        var numbered = Folded(examples, count);
        return
        [
            .. Enumerable
                .Range(0, many ? 1 : count)
                .Select(fold =>
                    (
                        (IReadOnlyList<Example>)[.. numbered.Where(n => n.Fold != fold).Select(n => n.Example)],
                        (IReadOnlyList<Example>)[.. numbered.Where(n => n.Fold == fold).Select(n => n.Example)]
                    )
                ),
        ];
    }

    /// <summary>Each fold holds as good as the same share of every intent; seeded, because files are often sorted.</summary>
    internal static (Example Example, int Fold)[] Folded(IReadOnlyList<Example> examples, int folds)
    {
        var shuffled = examples.ToArray();
        new Random(1).Shuffle(shuffled);
        return [.. shuffled.GroupBy(e => e.Intent).SelectMany(g => g.Select((e, n) => (e, n % folds)))];
    }

    private sealed class Meter(IProgress<double>? progress, double whole)
    {
        private readonly Lock adding = new();
        private double done;

        public void Add(double work)
        {
            if (progress is null)
                return;
            lock (adding)
            {
                done += work;
                progress.Report(Math.Min(1, done / whole));
            }
        }
    }
}
