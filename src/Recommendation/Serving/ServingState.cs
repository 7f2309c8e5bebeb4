using System.Collections.Concurrent;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Placements;
using MarketingPlatform.Recommendation.Trends;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>All that an answer is made from besides the person, as it is at one moment. What is derived from it is derived once.</summary>
internal sealed class ServingState(
    Shelf shelf,
    IReadOnlyDictionary<string, LoadedModel> serving,
    IReadOnlyDictionary<string, LoadedModel> others,
    IReadOnlyDictionary<string, PlacementDefinition> placements,
    IReadOnlyDictionary<string, Trend[]> trends,
    BasketPairs baskets,
    DateTimeOffset madeAt
)
{
    private readonly ConcurrentDictionary<PlacementDefinition, CompiledPlacement> compiled = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, MappedModel?> models = new();

    public Shelf Shelf => shelf;

    /// <summary>The model of taste.</summary>
    public LoadedModel? Serving => serving.GetValueOrDefault(Purpose.Taste);

    public IReadOnlyDictionary<string, PlacementDefinition> Placements => placements;

    public IReadOnlyDictionary<string, Trend[]> Trends => trends;

    public BasketPairs Baskets => baskets;

    public bool IsOf(
        Shelf otherShelf,
        IReadOnlyDictionary<string, LoadedModel> otherServing,
        IReadOnlyDictionary<string, LoadedModel> otherModels,
        IReadOnlyDictionary<string, PlacementDefinition> otherPlacements,
        IReadOnlyDictionary<string, Trend[]> otherTrends,
        DateTimeOffset now
    ) =>
        ReferenceEquals(shelf, otherShelf)
        && ReferenceEquals(serving, otherServing)
        && ReferenceEquals(others, otherModels)
        && ReferenceEquals(placements, otherPlacements)
        && ReferenceEquals(trends, otherTrends)
        // Rules begin and end.
        && now - madeAt < TimeSpan.FromMinutes(1);

    public CompiledPlacement Compile(string key, PlacementDefinition definition) =>
        compiled.GetOrAdd(definition, d => new CompiledPlacement(key, d, shelf, madeAt));

    /// <param name="version">Null: the serving one.</param>
    /// <returns>Null for "popularity", while nothing was trained, and for a model that is gone.</returns>
    public MappedModel? Model(string? version) =>
        models.GetOrAdd(
            version ?? "",
            wanted =>
                wanted.Length == 0 ? Map(Serving)
                : serving.Values.FirstOrDefault(model => model.Row.Version == wanted) is { } one ? Map(one)
                : others.TryGetValue(wanted, out var other) ? Map(other)
                : null
        );

    /// <summary>The model that a kind of placement has for itself.</summary>
    /// <returns>Null for a kind that has none, and while none was trained.</returns>
    public MappedModel? Own(PlacementKind kind) =>
        Purpose.Of(kind) is { } purpose && serving.TryGetValue(purpose, out var own)
            ? models.GetOrAdd(own.Row.Version, _ => Map(own))
            : null;

    /// <summary>What answers at a placement: the model it names, the one of its kind, or the serving one.</summary>
    /// <returns>Null where no model is asked.</returns>
    public MappedModel? At(PlacementDefinition definition) =>
        definition.Model == Candidates.Popular || definition.Kind is PlacementKind.Trending or PlacementKind.Reorder ? null
        // What is due again answers until there is a model of it.
        : definition.Kind == PlacementKind.NextBasket && Own(definition.Kind) is null ? null
        : definition.Model is null && Own(definition.Kind) is { } own ? own
        : Model(definition.Model);

    private MappedModel? Map(LoadedModel? loaded) => loaded is null ? null : new MappedModel(loaded.Model, shelf);
}

/// <summary>Puts the state together from its parts, anew whenever one of them was replaced.</summary>
internal sealed class ServingStates(
    LiveCatalogue catalogue,
    ServingModel serving,
    OtherModels others,
    PlacementBook placements,
    TrendBook trends,
    BasketPairs baskets,
    TimeProvider clock
)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(20);

    private readonly Lock making = new();
    private volatile ServingState? state;

    public ServingState Current
    {
        get
        {
            var now = clock.GetUtcNow();
            if (state is { } known && IsCurrent(known, now))
            {
                return known;
            }
            lock (making)
            {
                if (state is { } made && IsCurrent(made, now))
                {
                    return made;
                }
                return state = Make(now);
            }
        }
    }

    /// <summary>Reads what changed in the database. Done every <c>CheckEvery</c>, and by tests.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await catalogue.RefreshAsync(ct);
        await placements.RefreshAsync(ct);
        await trends.RefreshAsync(ct);
        await baskets.RefreshAsync(ct);
        await serving.RefreshAsync(ct);
        await others.RefreshAsync(ct);
        var now = clock.GetUtcNow();
        if (state is { } known && IsCurrent(known, now + Ahead))
        {
            return;
        }
        // Mapped before somebody waits for it, and before the one that answers is too old.
        var next = Make(now);
        next.Model(null);
        foreach (var (key, definition) in next.Placements)
        {
            next.Compile(key, definition);
            next.Own(definition.Kind);
        }
        state = next;
    }

    private ServingState Make(DateTimeOffset now) =>
        new(catalogue.Shelf, serving.ByPurpose, others.ByVersion, placements.All, trends.BySegment, baskets, now);

    private bool IsCurrent(ServingState known, DateTimeOffset now) =>
        known.IsOf(catalogue.Shelf, serving.ByPurpose, others.ByVersion, placements.All, trends.BySegment, now);
}
