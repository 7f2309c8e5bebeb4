namespace MarketingPlatform.Recommendation.Models;

/// <summary>One thing that somebody did with an item.</summary>
/// <param name="Item">Number of the item in the model, from 0.</param>
/// <param name="Weight">How much it says, above 0: 1 for a purchase.</param>
/// <param name="At">Unix seconds; 0 where no time is known. Entries of one basket share it.</param>
internal readonly record struct HistoryItem(int Item, float Weight, long At);

/// <summary>What a model is asked about: a person's, a cart's or a session's items in any order; an item may come more than once.</summary>
/// <param name="items">Numbers must be below the model's <see cref="IRecommender.Items"/>.</param>
/// <param name="now">Unix seconds at which the answer is given; 0 where no time is known.</param>
/// <param name="notes">Where scoring notes what explaining the same history needs again; null: it is computed again.</param>
internal readonly ref struct History(ReadOnlySpan<HistoryItem> items, long now, ScoringNotes? notes = null)
{
    public ReadOnlySpan<HistoryItem> Items { get; } = items;

    public long Now { get; } = now;

    public ScoringNotes? Notes { get; } = notes;
}

/// <summary>What scoring one history brought to light, by model: a blend's scales, for instance. For one thread.</summary>
internal sealed class ScoringNotes
{
    private readonly Dictionary<IRecommender, float[]> byModel = new(1, ReferenceEqualityComparer.Instance);

    public void Keep(IRecommender model, float[] found) => byModel[model] = found;

    public float[]? Of(IRecommender model) => byModel.GetValueOrDefault(model);
}
