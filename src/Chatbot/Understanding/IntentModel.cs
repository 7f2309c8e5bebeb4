using Microsoft.ML;
using Microsoft.ML.Data;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>A trained classifier in memory. Safe for many callers: a prediction takes well under a millisecond and they take turns.</summary>
internal sealed class IntentModel : IDisposable
{
    private readonly PredictionEngine<IntentRow, IntentScores> engine;
    private readonly string[] intents;
    private readonly Lock turn = new();

    public IntentModel(byte[] content)
    {
        var ml = new MLContext();
        using var stream = new MemoryStream(content);
        engine = ml.Model.CreatePredictionEngine<IntentRow, IntentScores>(ml.Model.Load(stream, out _));
        VBuffer<ReadOnlyMemory<char>> names = default;
        engine.OutputSchema["Score"].GetSlotNames(ref names);
        intents = [.. names.DenseValues().Select(n => n.ToString())];
    }

    /// <summary>The probability of each intent, out of scope among them, before calibration.</summary>
    public IReadOnlyDictionary<string, double> Scores(string text)
    {
        var row = new IntentRow { Text = Wording.Normalise(text) };
        lock (turn)
        {
            var probabilities = engine.Predict(row).Probabilities;
            return intents
                .Zip(probabilities, (intent, p) => (intent, p))
                .ToDictionary(s => s.intent, s => (double)s.p, StringComparer.Ordinal);
        }
    }

    public void Dispose() => engine.Dispose();
}
