using System.Diagnostics.Metrics;
using MarketingPlatform.Platform.Telemetry;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>A model in memory with the row it came from.</summary>
internal sealed record LoadedModel(StoredModel Row, IntentModel Model)
{
    public Understood Understand(string text)
    {
        if (Wording.Normalise(text).Length == 0)
        {
            return new Understood("en", [], 0, false, [], Row.Version);
        }
        var calibration = new Calibration(Row.Temperature, Row.Threshold);
        var ranking = calibration.Rank(Model.Scores(text));
        var confidence = ranking[0].Probability;
        return new Understood("en", [.. ranking.Take(Understood.Most)], confidence, confidence >= calibration.Threshold, [], Row.Version);
    }
}

/// <summary>The model that answers. Replaced in one assignment: a message meets the old one or the new one, never a mixture, and is never dropped.</summary>
internal sealed class ServingModel
{
    private static readonly KeyValuePair<string, object?> Tag = new("model", "intents");

    private readonly ChatbotDatabase database;
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LoadedModel? current;

    public ServingModel(ChatbotDatabase database, TimeProvider clock, [FromKeyedServices(ChatbotModule.Service)] ServiceTelemetry telemetry)
    {
        this.database = database;
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
        if (id is null || id == current?.Row.Id)
        {
            return;
        }
        // The old one is left to the garbage collector: a message may be looking at it.
        if (await ModelStore.LoadAsync(database, id.Value, ct) is { } stored)
        {
            current = new LoadedModel(stored, new IntentModel(stored.Content));
            first.TrySetResult();
        }
    }
}
