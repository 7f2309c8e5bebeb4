using System.Numerics.Tensors;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>A model of what differs from the average history, and the average itself: the same number for everybody, added to its scores.</summary>
/// <param name="intercept">Of each item.</param>
internal sealed class InterceptModel(IRecommender inner, float[] intercept) : IRecommender
{
    public const string Name = "intercept";

    public string Algorithm => Name;

    public int Items => inner.Items;

    public void Score(History history, Span<float> scores)
    {
        inner.Score(history, scores);
        TensorPrimitives.Add(scores, intercept, scores);
    }

    /// <summary>Together they are the score less the intercept, which is nobody's.</summary>
    public bool Explain(History history, int item, Span<float> contributions) => inner.Explain(history, item, contributions);

    public bool ExplainAll(History history, ReadOnlySpan<int> items, Span<float> contributions) =>
        inner.ExplainAll(history, items, contributions);

    public IReadOnlyList<Neighbour> Similar(int item, int limit) => inner.Similar(item, limit);

    public void Write(BinaryWriter writer)
    {
        writer.WriteArray<float>(intercept);
        ModelFormat.Write(writer, inner);
    }

    public static InterceptModel Read(BinaryReader reader)
    {
        var intercept = reader.ReadArray<float>();
        return new InterceptModel(ModelFormat.Read(reader), intercept);
    }
}
