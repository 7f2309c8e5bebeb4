using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

/// <summary>The model of the embedded examples, trained once for the tests that look at it.</summary>
public sealed class Trained : IDisposable
{
    public Trained()
    {
        Data = TrainingData.Embedded();
        Result = IntentTrainer.Train(Data, new ChatbotOptions().FalseRejection, TimeProvider.System, CancellationToken.None);
        Model = new IntentModel(Result.Content);
        using var reader = new StreamReader(typeof(Trained).Assembly.GetManifestResourceStream("held-out.csv")!);
        HeldOut = TrainingData.Read(reader, "held-out.csv");
    }

    internal TrainingData Data { get; }

    internal TrainedIntents Result { get; }

    internal IntentModel Model { get; }

    /// <summary>Sentences that no model has seen.</summary>
    internal IReadOnlyList<Example> HeldOut { get; }

    internal Understood Understand(string text) =>
        new LoadedModel(
            new StoredModel(
                1,
                "intents-1",
                RunningChatbot.Day,
                "",
                Result.Calibration.Temperature,
                Result.Calibration.Threshold,
                Result.Content
            ),
            Model
        ).Understand(text);

    public void Dispose() => Model.Dispose();
}
