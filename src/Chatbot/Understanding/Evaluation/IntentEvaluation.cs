using System.Globalization;
using MarketingPlatform.Chatbot.Understanding.Classifier;

namespace MarketingPlatform.Chatbot.Understanding.Evaluation;

/// <param name="Predicted">The best intent, never out of scope.</param>
/// <param name="InScopeScore">Higher is more in scope.</param>
internal sealed record Prediction(string Text, string Label, string Predicted, double Confidence, double InScopeScore);

/// <param name="Learnt">Examples of the last round's training.</param>
/// <param name="Threshold">Of the last round.</param>
/// <param name="TrainingCpuSeconds">Of the whole process while it trained, all threads: what a busy machine does not change.</param>
/// <param name="TypoAccuracy">With slips in the wanted share of the words; null where none were wanted.</param>
/// <param name="MessageP99Ms">Understanding one message after another, single-threaded.</param>
/// <param name="Load">Load average of the machine over the last minute; null where the system does not tell.</param>
internal sealed record IntentReport(
    int Intents,
    int Learnt,
    IntentMetrics Metrics,
    double Threshold,
    Blend Blend,
    double TrainingCpuSeconds,
    double? TypoAccuracy,
    double MessageMeanMs,
    double MessageMedianMs,
    double MessageP99Ms,
    double? Load
);

/// <summary>Trains and judges, round by round (one, or a fold each), and adds the rounds up.</summary>
internal sealed record IntentEvaluation(IReadOnlyList<Prediction> Predictions, IntentReport Report)
{
    /// <exception cref="InvalidDataException">Says what the examples lack.</exception>
    public static IntentEvaluation Run(
        IReadOnlyList<(IReadOnlyList<Example> Train, IReadOnlyList<Example> Test)> rounds,
        IReadOnlyList<Example>? validation,
        TrainerOptions options,
        double typos,
        int seed,
        TimeProvider clock,
        TextWriter log,
        CancellationToken ct
    )
    {
        List<Prediction> predictions = [];
        List<Verdict> verdicts = [];
        List<double> milliseconds = [];
        var (seconds, cpu, typoRight) = (0.0, TimeSpan.Zero, 0);
        var random = new Random(seed);
        IntentModel? model = null;
        foreach (var (train, test) in rounds)
        {
            var spent = Environment.CpuUsage.TotalTime;
            var trained = IntentTrainer.Train(train, validation, options, clock, new Said(log), ct);
            cpu += Environment.CpuUsage.TotalTime - spent;
            model = trained.Model;
            seconds += trained.Metrics.TrainingSeconds;
            foreach (var example in test)
            {
                var before = clock.GetTimestamp();
                var judgement = model.Judge(example.Text);
                milliseconds.Add(clock.GetElapsedTime(before).TotalMilliseconds);
                var best = judgement.Ranking[0];
                predictions.Add(new Prediction(example.Text, example.Intent, best.Intent, best.Probability, judgement.InScope));
                var inScope = example.Intent != options.OutOfScopeLabel;
                verdicts.Add(
                    new Verdict(
                        inScope,
                        best.Intent == example.Intent,
                        best.Probability,
                        judgement.InScope,
                        judgement.InScope < model.Threshold
                    )
                );
                if (typos > 0 && inScope && model.Judge(Typos.In(example.Text, typos, random)).Ranking[0].Intent == example.Intent)
                    typoRight++;
            }
        }
        var metrics = IntentMetrics.Of(verdicts) with { TrainingSeconds = Math.Round(seconds, 2) };
        milliseconds.Sort();
        return new IntentEvaluation(
            predictions,
            new IntentReport(
                model!.Labels.Count - (model.OutOfScope >= 0 ? 1 : 0),
                rounds[^1].Train.Count,
                metrics,
                Math.Round(model.Threshold, 6),
                model.Blend,
                Math.Round(cpu.TotalSeconds, 2),
                typos > 0 && metrics.InScope > 0 ? Math.Round(typoRight / (double)metrics.InScope, 4) : null,
                Math.Round(milliseconds.Average(), 4),
                Math.Round(milliseconds[milliseconds.Count / 2], 4),
                Math.Round(milliseconds[(int)(milliseconds.Count * 0.99)], 4),
                LoadAverage()
            )
        );
    }

    internal static double? LoadAverage() =>
        File.Exists("/proc/loadavg")
        && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture, out var load)
            ? load
            : null;

    /// <summary>Says every tenth of the work once.</summary>
    private sealed class Said(TextWriter log) : IProgress<double>
    {
        private int tenths;

        public void Report(double value)
        {
            if ((int)(value * 10) <= tenths)
                return;
            tenths = (int)(value * 10);
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"training: {value:P0}"));
        }
    }
}
