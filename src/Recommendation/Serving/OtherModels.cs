using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Placements;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>Models besides the serving ones that a placement or a running experiment names: loaded while they are named.</summary>
internal sealed class OtherModels(RecommendationDatabase database, ServingModel serving, PlacementBook placements)
{
    private volatile IReadOnlyDictionary<string, LoadedModel> byVersion = new Dictionary<string, LoadedModel>();

    public IReadOnlyDictionary<string, LoadedModel> ByVersion => byVersion;

    public async Task RefreshAsync(CancellationToken ct)
    {
        var wanted = placements
            .All.Values.Select(placement => placement.Model)
            .Concat(await database.QueryAsync<string?>(Measurement.ExperimentBook.ModelsSql, null, ct))
            .OfType<string>()
            .Where(version => serving.ByPurpose.Values.All(model => model.Row.Version != version))
            .Distinct()
            .ToArray();
        var known = byVersion;
        var rows = wanted.All(known.ContainsKey)
            ? []
            : await database.QueryAsync<StoredModel>(
                $"select {StoredModel.Columns} from models where version = any(@wanted)",
                new { wanted },
                ct
            );
        var next = wanted.Where(known.ContainsKey).ToDictionary(version => version, version => known[version]);
        foreach (var row in rows.Where(row => !next.ContainsKey(row.Version)))
        {
            next[row.Version] = new LoadedModel(row, await ModelStore.LoadAsync(database, row, ct));
        }
        if (next.Count != known.Count || next.Keys.Any(version => !known.ContainsKey(version)))
        {
            byVersion = next;
        }
    }
}
