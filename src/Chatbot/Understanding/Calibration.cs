namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>An example with what a model that had not seen it thought of it.</summary>
internal sealed record Judged(string Intent, IReadOnlyDictionary<string, double> Scores);

/// <summary>The best intent within scope and the probability that it is the right one.</summary>
internal readonly record struct Guess(string Intent, double Confidence);

/// <summary>
/// Makes scores mean probabilities (temperature scaling; Guo et al., ICML 2017: p ∝ p^(1/T), T by least log loss) and says below which
/// confidence the bot admits that it did not understand.
/// </summary>
/// <param name="Temperature">Above 1 the scores were too sure of themselves, below 1 too shy.</param>
/// <param name="Threshold">A lower confidence falls back.</param>
internal sealed record Calibration(double Temperature, double Threshold)
{
    private const double Least = 1e-9;
    private const int Bins = 10;

    /// <param name="falseRejection">Share of rightly recognised in-scope examples that may fall back: what catching the rest may cost.</param>
    public static Calibration Fit(IReadOnlyList<Judged> judged, double falseRejection)
    {
        // From 1/8 to 8 in steps of 1/16 octave.
        var temperature = Enumerable
            .Range(-48, 97)
            .Select(step => Math.Pow(2, step / 16.0))
            .MinBy(t => judged.Sum(j => -Math.Log(Heat(j.Scores, t)[j.Intent])));
        var right = judged
            .Where(j => j.Intent != Intents.OutOfScope)
            .Select(j => (j.Intent, Guess: Best(j.Scores, temperature)))
            .Where(j => j.Guess.Intent == j.Intent)
            .Select(j => j.Guess.Confidence)
            .Order()
            .ToArray();
        var threshold = right.Length == 0 ? 1 : right[Math.Min(right.Length - 1, (int)(right.Length * falseRejection))];
        return new Calibration(temperature, threshold);
    }

    public Guess Best(IReadOnlyDictionary<string, double> scores) => Best(scores, Temperature);

    /// <summary>The intents within scope, the likeliest first.</summary>
    public IReadOnlyList<RankedIntent> Rank(IReadOnlyDictionary<string, double> scores) =>
        [
            .. Heat(scores, Temperature)
                .Where(s => s.Key != Intents.OutOfScope)
                .OrderByDescending(s => s.Value)
                .ThenBy(s => s.Key, StringComparer.Ordinal)
                .Select(s => new RankedIntent(s.Key, s.Value)),
        ];

    public IntentMetrics Measure(IReadOnlyList<Judged> judged)
    {
        var guesses = judged.Select(j => (j.Intent, Guess: Best(j.Scores))).ToArray();
        var inScope = guesses.Where(g => g.Intent != Intents.OutOfScope).ToArray();
        var outside = guesses.Where(g => g.Intent == Intents.OutOfScope).ToArray();
        var error =
            guesses
                .GroupBy(g => Math.Min(Bins - 1, (int)(g.Guess.Confidence * Bins)))
                .Sum(bin => Math.Abs(bin.Sum(g => g.Guess.Confidence) - bin.Count(g => g.Guess.Intent == g.Intent))) / guesses.Length;
        return new IntentMetrics(
            Math.Round(Share(inScope, g => g.Guess.Intent == g.Intent), 4),
            Math.Round(Share(outside, g => g.Guess.Confidence < Threshold), 4),
            Math.Round(Share(inScope, g => g.Guess.Intent == g.Intent && g.Guess.Confidence < Threshold), 4),
            Math.Round(error, 4),
            0
        );
    }

    private static double Share<T>(IReadOnlyCollection<T> all, Func<T, bool> counts) =>
        all.Count == 0 ? 0 : all.Count(counts) / (double)all.Count;

    private static Guess Best(IReadOnlyDictionary<string, double> scores, double temperature)
    {
        var (intent, p) = Heat(scores, temperature)
            .Where(s => s.Key != Intents.OutOfScope)
            .OrderBy(s => s.Key, StringComparer.Ordinal)
            .MaxBy(s => s.Value);
        return new Guess(intent, p);
    }

    private static Dictionary<string, double> Heat(IReadOnlyDictionary<string, double> scores, double temperature)
    {
        var hot = scores.ToDictionary(s => s.Key, s => Math.Pow(Math.Max(s.Value, Least), 1 / temperature), StringComparer.Ordinal);
        var sum = hot.Values.Sum();
        return hot.ToDictionary(s => s.Key, s => s.Value / sum, StringComparer.Ordinal);
    }
}
