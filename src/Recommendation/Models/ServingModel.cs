using System.Diagnostics.Metrics;
using MarketingPlatform.Platform.Telemetry;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>A model in memory with the row it came from.</summary>
internal sealed record LoadedModel(StoredModel Row, TrainedModel Model);

/// <summary>
/// The models that answer, one a <see cref="Purpose"/>. Replaced in one assignment: a request sees the old ones or the new ones, never a
/// mixture.
/// </summary>
internal sealed class ServingModel : IDisposable
{
    private readonly RecommendationDatabase database;
    private readonly SemaphoreSlim refreshing = new(1, 1);
    private volatile IReadOnlyDictionary<string, LoadedModel> byPurpose = new Dictionary<string, LoadedModel>();
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
                byPurpose.Values.Select(model => new Measurement<double>(
                    (clock.GetUtcNow() - model.Row.TrainedAt).TotalSeconds,
                    new KeyValuePair<string, object?>("model", model.Row.Purpose)
                )),
            "s",
            "Time since the serving model was trained."
        );
    }

    /// <summary>One without a model that was promoted is not in it.</summary>
    public IReadOnlyDictionary<string, LoadedModel> ByPurpose => byPurpose;

    /// <summary>The one of taste; null until a first one was promoted.</summary>
    public LoadedModel? Current => byPurpose.GetValueOrDefault(Purpose.Taste);

    /// <summary>Completes when <see cref="Current"/> is next replaced.</summary>
    public Task Replaced => replaced.Task;

    /// <summary>
    /// Loads the models that serve now, where they are others: so every instance follows whichever trained, or rolled back.
    /// </summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await refreshing.WaitAsync(ct);
        try
        {
            await LoadAsync(ct);
        }
        finally
        {
            refreshing.Release();
        }
    }

    public void Dispose() => refreshing.Dispose();

    private async Task LoadAsync(CancellationToken ct)
    {
        var rows = await database.QueryAsync<StoredModel>($"select {StoredModel.Columns} from models where serving", null, ct);
        var known = byPurpose;
        if (rows.Count == known.Count && rows.All(row => known.GetValueOrDefault(row.Purpose)?.Row.Id == row.Id))
        {
            return;
        }
        var next = new Dictionary<string, LoadedModel>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            next[row.Purpose] =
                known.GetValueOrDefault(row.Purpose) is { } same && same.Row.Id == row.Id
                    ? same
                    : new LoadedModel(row, await ModelStore.LoadAsync(database, row, ct));
        }
        byPurpose = next;
        if (!ReferenceEquals(known.GetValueOrDefault(Purpose.Taste), Current))
        {
            Interlocked.Exchange(ref replaced, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}
