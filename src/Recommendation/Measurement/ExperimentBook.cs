using System.Text.Json;
using MarketingPlatform.Experimentation.Assignment;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Recommendation.Placements;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>One way of recommending at a place.</summary>
/// <param name="Share">Of the customers, above 0; all shares sum to 1.</param>
/// <param name="Definition">Null: the placement as it is, which makes this arm the control.</param>
internal sealed record ExperimentArm(string Name, double Share, PlacementDefinition? Definition = null);

/// <summary>An experiment that runs. The same customer always has the same arm; who has no id takes no part.</summary>
internal sealed class RunningExperiment(string key, IReadOnlyList<ExperimentArm> arms)
{
    private readonly VariationSplit split = new(key, Buckets.Ranges(arms.Count, weights: [.. arms.Select(arm => arm.Share)]));

    public string Key => key;

    /// <returns>Null where this customer takes no part.</returns>
    public ExperimentArm? ArmOf(Guid customer) => split.Assign(customer.ToString("D")) is >= 0 and var arm ? arms[arm] : null;
}

/// <summary>The experiments that run, by placement.</summary>
internal sealed class ExperimentBook(RecommendationDatabase database)
{
    private volatile IReadOnlyDictionary<string, RunningExperiment> running = new Dictionary<string, RunningExperiment>();
    private string seen = "";

    public IReadOnlyDictionary<string, RunningExperiment> Running => running;

    public async Task RefreshAsync(CancellationToken ct)
    {
        var rows = await database.QueryAsync<Row>(
            "select key, placement, arms::text as arms from recommendation_experiments where ended_at is null order by key",
            null,
            ct
        );
        // An experiment never changes: it ends, and another one begins.
        var state = string.Join('\n', rows.Select(row => row.Key));
        if (state != seen)
        {
            running = rows.ToDictionary(row => row.Placement, row => new RunningExperiment(row.Key, ReadArms(row.Arms)));
            seen = state;
        }
    }

    public static IReadOnlyList<ExperimentArm> ReadArms(string arms) => JsonSerializer.Deserialize<ExperimentArm[]>(arms, Json.Options)!;

    private sealed record Row(string Key, string Placement, string Arms);

    /// <summary>Versions of models that running experiments name.</summary>
    public const string ModelsSql = """
        select distinct arm -> 'definition' ->> 'model'
        from recommendation_experiments, jsonb_array_elements(arms) arm
        where ended_at is null
        """;
}
