using System.Diagnostics.Metrics;
using MarketingPlatform.Chatbot.Understanding.Classifier;
using MarketingPlatform.Platform.Telemetry;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>A model in memory with the row it came from.</summary>
internal sealed record LoadedModel(StoredModel Row, IntentModel Model)
{
    /// <summary>
    /// A best guess of less probability is offered, not acted on, however sure it is that the message asks for something of the bot's. Probabilities are
    /// calibrated: of such guesses most would be wrong.
    /// </summary>
    private const double LeastConfidence = 0.4;

    /// <summary>What the message wants; language and entities are not the model's business and are left open.</summary>
    public Understood Understand(string text)
    {
        if (Wording.Normalise(text).Length == 0)
        {
            return new Understood("", [], 0, false, [], Row.Version);
        }
        var judgement = Model.Judge(text);
        return new Understood(
            "",
            [.. judgement.Ranking.Take(Understood.Most)],
            judgement.InScope,
            judgement.InScope >= Model.Threshold && judgement.Ranking[0].Probability >= LeastConfidence,
            [],
            Row.Version
        );
    }
}

/// <summary>The model that answers. Replaced in one assignment: a message meets the old one or the new one, never a mixture, and is never dropped.</summary>
internal sealed class ServingModel
{
    private static readonly KeyValuePair<string, object?> Tag = new("model", "intents");

    private readonly ChatbotDatabase database;
    private readonly ISentenceEncoder? encoder;
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LoadedModel? current;
    private long? unreadable;

    public ServingModel(
        ChatbotDatabase database,
        TimeProvider clock,
        [FromKeyedServices(ChatbotModule.Service)] ServiceTelemetry telemetry,
        ISentenceEncoder? encoder = null
    )
    {
        (this.database, this.encoder) = (database, encoder);
        telemetry.Meter.CreateObservableGauge(
            "marketing.model.age",
            () =>
                current is { } model
                    ? [new Measurement<double>((clock.GetUtcNow() - model.Row.TrainedAt).TotalSeconds, Tag)]
                    : Array.Empty<Measurement<double>>(),
            "s",
            "Time since the serving model was trained."
        );
    }

    /// <summary>Null until the first model was trained or loaded.</summary>
    public LoadedModel? Current => current;

    /// <returns>Null where no model came in time: the service has only just started for the very first time.</returns>
    public async Task<LoadedModel?> WaitAsync(TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        if (current is null)
        {
            await Task.WhenAny(first.Task, Task.Delay(patience, clock, ct));
            ct.ThrowIfCancellationRequested();
        }
        return current;
    }

    /// <summary>Loads the model that serves now, where it is another one: so every instance follows whichever trained.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        var id = await ModelStore.ServingIdAsync(database, ct);
        if (id is null || id == current?.Row.Id || id == unreadable)
        {
            return;
        }
        // The old one is left to the garbage collector: a message may be looking at it.
        if (await ModelStore.LoadAsync(database, id.Value, ct) is not { } stored)
        {
            return;
        }
        try
        {
            // The bytes, some 25 MB, have done their work.
            current = new LoadedModel(stored with { Content = [] }, IntentModel.FromBytes(stored.Content, encoder));
        }
        catch (InvalidDataException)
        {
            // Of an older version, or of an encoder that is gone: its fingerprint is not ours, so the worker trains another.
            unreadable = id;
            return;
        }
        first.TrySetResult();
    }
}
