namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// A trained model. Immutable and safe for many threads: the history is given with each call (fold-in), so that what happened a
/// moment ago counts at once and a person needs no place in the model.
/// </summary>
internal interface IRecommender
{
    /// <summary>The algorithm's name, also the tag under which <see cref="ModelFormat"/> reads the model again.</summary>
    string Algorithm { get; }

    /// <summary>Items are numbered from 0 to this, exclusive.</summary>
    int Items { get; }

    /// <summary>
    /// Overwrites <paramref name="scores"/> (length <see cref="Items"/>): higher is better, comparable within one call only. Items of
    /// the history get a score as any other; the caller leaves out what should not be answered.
    /// </summary>
    void Score(History history, Span<float> scores);

    /// <summary>
    /// How much each entry of the history adds to the score of <paramref name="item"/>, in the order of the history. Together they are
    /// the score, less what the model says to everybody (popularity).
    /// </summary>
    /// <param name="contributions">As long as the history; overwritten.</param>
    /// <returns>False where no entry has a share of its own in the score; the contributions are then 0.</returns>
    bool Explain(History history, int item, Span<float> contributions);

    /// <summary>The same for several items: a row of contributions for each, one after the other. Cheaper where items share a step.</summary>
    /// <returns>False where no entry has a share of its own in any score.</returns>
    bool ExplainAll(History history, ReadOnlySpan<int> items, Span<float> contributions)
    {
        var (explained, entries) = (false, history.Items.Length);
        for (var at = 0; at < items.Length; at++)
        {
            explained |= Explain(history, items[at], contributions.Slice(at * entries, entries));
        }
        return explained;
    }

    /// <summary>At most <paramref name="limit"/> items like this one, most similar first, never itself.</summary>
    IReadOnlyList<Neighbour> Similar(int item, int limit);

    /// <summary>All that <see cref="ModelFormat"/> needs to make the model again.</summary>
    void Write(BinaryWriter writer);
}

/// <summary>An item near another one.</summary>
/// <param name="Product">Its number in the model.</param>
/// <param name="Similarity">Above 0; comparable within one model only.</param>
internal readonly record struct Neighbour(int Product, float Similarity);
