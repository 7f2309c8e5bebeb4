using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Classifier;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

/// <summary>The model of the embedded examples, trained once for the tests that look at it.</summary>
public sealed class Trained
{
    public Trained()
    {
        Data = TrainingData.Embedded();
        Result = Train(Data.Examples);
        HeldOut = Read("held-out.csv");
        HeldOutGermanAndFrench = Read("held-out.de-fr.csv");
    }

    internal TrainingData Data { get; }

    internal TrainedIntents Result { get; }

    internal IntentModel Model => Result.Model;

    /// <summary>Sentences that no model has seen.</summary>
    internal IReadOnlyList<Example> HeldOut { get; }

    /// <summary>Likewise, 23 in each language.</summary>
    internal IReadOnlyList<Example> HeldOutGermanAndFrench { get; }

    private static IReadOnlyList<Example> Read(string name)
    {
        using var reader = new StreamReader(typeof(Trained).Assembly.GetManifestResourceStream(name)!);
        return TrainingData.Read(reader, name);
    }

    internal static TrainedIntents Train(
        IReadOnlyList<Example> examples,
        int threads = 2,
        ISentenceEncoder? encoder = null,
        bool networks = true
    ) =>
        IntentTrainer.Train(
            examples,
            null,
            new TrainerOptions(Intents.OutOfScope, new ChatbotOptions().FalseRejection, threads, encoder, networks),
            TimeProvider.System,
            null,
            CancellationToken.None
        );

    internal Understood Understand(string text) =>
        new LoadedModel(
            new StoredModel(1, "intents-1", RunningChatbot.Day, "", Model.Blend.Temperature, Model.Threshold, []),
            Model
        ).Understand(text);
}
