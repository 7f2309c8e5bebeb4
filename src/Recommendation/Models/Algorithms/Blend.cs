using System.Buffers;
using System.Numerics.Tensors;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>A model's share in a <see cref="Blend"/>.</summary>
internal sealed record BlendPart(IRecommender Model, float Weight);

/// <summary>
/// A weighted sum of models, each divided by the standard deviation of its scores for this history, so that models of any scale meet.
/// A model that says nothing about a history (all scores equal) has no share in its answer.
/// </summary>
internal sealed class Blend(IReadOnlyList<BlendPart> parts) : IRecommender
{
    public const string Name = "blend";

    public string Algorithm => Name;

    public IReadOnlyList<BlendPart> Parts => parts;

    public int Items => parts[0].Model.Items;

    public void Score(History history, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(scores.Length);
        var own = rented.AsSpan(0, scores.Length);
        var scales = new float[parts.Count];
        scores.Clear();
        for (var at = 0; at < scales.Length; at++)
        {
            parts[at].Model.Score(history, own);
            scales[at] = Scale(own);
            if (scales[at] > 0)
            {
                TensorPrimitives.MultiplyAdd(own, parts[at].Weight / scales[at], scores, scores);
            }
        }
        ArrayPool<float>.Shared.Return(rented);
        history.Notes?.Keep(this, scales);
    }

    public bool Explain(History history, int item, Span<float> contributions) => ExplainAll(history, [item], contributions);

    public bool ExplainAll(History history, ReadOnlySpan<int> items, Span<float> contributions)
    {
        contributions.Clear();
        var scales = history.Notes?.Of(this) ?? Scales(history);
        var shares = new float[contributions.Length];
        var explained = false;
        for (var at = 0; at < scales.Length; at++)
        {
            if (scales[at] > 0 && parts[at].Model.ExplainAll(history, items, shares))
            {
                TensorPrimitives.MultiplyAdd(shares, parts[at].Weight / scales[at], contributions, contributions);
                explained = true;
            }
        }
        return explained;
    }

    /// <summary>By the parts' weights, each list scaled to its best.</summary>
    public IReadOnlyList<Neighbour> Similar(int item, int limit)
    {
        var sums = new Dictionary<int, float>();
        foreach (var part in parts)
        {
            var near = part.Model.Similar(item, limit);
            foreach (var neighbour in near)
            {
                sums[neighbour.Product] =
                    sums.GetValueOrDefault(neighbour.Product) + (part.Weight * neighbour.Similarity / near[0].Similarity);
            }
        }
        return [.. sums.OrderByDescending(s => s.Value).ThenBy(s => s.Key).Take(limit).Select(s => new Neighbour(s.Key, s.Value))];
    }

    private float[] Scales(History history)
    {
        var scales = new float[parts.Count];
        var rented = ArrayPool<float>.Shared.Rent(Items);
        var scores = rented.AsSpan(0, Items);
        for (var at = 0; at < scales.Length; at++)
        {
            parts[at].Model.Score(history, scores);
            scales[at] = Scale(scores);
        }
        ArrayPool<float>.Shared.Return(rented);
        return scales;
    }

    /// <summary>The standard deviation of scores; 0 where they are all the same or not numbers.</summary>
    public static float Scale(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty)
        {
            return 0;
        }
        var mean = TensorPrimitives.Sum(scores) / scores.Length;
        var variance = (TensorPrimitives.SumOfSquares(scores) / scores.Length) - (mean * mean);
        return variance > 1e-12f * mean * mean && float.IsFinite(variance) ? MathF.Sqrt(variance) : 0;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(parts.Count);
        foreach (var part in parts)
        {
            writer.Write(part.Weight);
            ModelFormat.Write(writer, part.Model);
        }
    }

    public static Blend Read(BinaryReader reader)
    {
        var parts = new BlendPart[reader.ReadInt32()];
        for (var at = 0; at < parts.Length; at++)
        {
            var weight = reader.ReadSingle();
            parts[at] = new BlendPart(ModelFormat.Read(reader), weight);
        }
        return new Blend(parts);
    }
}
