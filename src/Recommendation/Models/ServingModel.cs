using System.Diagnostics.Metrics;
using MarketingPlatform.Platform.Telemetry;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>A model in memory with the row it came from.</summary>
internal sealed record LoadedModel(StoredModel Row, TrainedModel Model);

/// <summary>The model that answers. Replaced in one assignment: a request sees the old one or the new one, never a mixture.</summary>
internal sealed class ServingModel
{
    private readonly RecommendationDatabase database;
    private volatile LoadedModel? current;
    private volatile TaskCompletionSource replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServingModel(
        RecommendationDatabase database,
        TimeProvider clock,
        [FromKeyedServices(RecommendationModule.Service)] ServiceTelemetry telemetry
    )
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

    private static readonly KeyValuePair<string, object?> Tag = new("model", "co-purchase");

    /// <summary>Null until a first model was promoted.</summary>
    public LoadedModel? Current => current;

    /// <summary>Completes when <see cref="Current"/> is next replaced.</summary>
    public Task Replaced => replaced.Task;

    /// <summary>
    /// Loads the model that serves now, where it is another one: so every instance follows whichever trained, or rolled back.
    /// </summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        var row = await ServingRowAsync(ct);
        if (row?.Id == current?.Row.Id)
        {
            return;
        }
        current = row is null ? null : new LoadedModel(row, await ModelStore.LoadAsync(database, row, ct));
        Interlocked.Exchange(ref replaced, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private Task<StoredModel?> ServingRowAsync(CancellationToken ct) =>
        database.QuerySingleOrDefaultAsync<StoredModel>(
            "select id, version, trained_at, window_from, window_to, orders, customers, products from models where serving",
            null,
            ct
        );
}
