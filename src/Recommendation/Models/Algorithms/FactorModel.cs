using System.Collections.Concurrent;
using System.Numerics.Tensors;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>
/// Item factors of <see cref="Ials"/>. A history is folded in: its user factors are the exact solution for it, so nobody needs a place
/// in the model. As that solution is linear in the entries, so is the score: entry j adds <c>c(j)·h(item)ᵀA⁻¹h(j)</c> (Hu et al., 2008,
/// section 5).
/// </summary>
internal sealed class FactorModel : IRecommender
{
    public const string Name = "ials";

    private readonly FactorTable factors;
    private readonly IalsParameters parameters;
    private readonly float[] gram;
    private readonly ConcurrentBag<LeastSquares> systems = [];

    public FactorModel(FactorTable factors, IalsParameters parameters)
    {
        this.factors = factors;
        this.parameters = parameters;
        gram = factors.Gram(parameters.Unobserved);
    }

    public string Algorithm => Name;

    public int Items => factors.Rows;

    public void Score(History history, Span<float> scores)
    {
        if (history.Items.IsEmpty)
        {
            scores.Clear();
            return;
        }
        Span<float> user = stackalloc float[factors.Factors];
        var system = SystemOf(history);
        system.Solve(user);
        systems.Add(system);
        for (var item = 0; item < scores.Length; item++)
        {
            scores[item] = TensorPrimitives.Dot<float>(user, factors.Row(item));
        }
    }

    public bool Explain(History history, int item, Span<float> contributions) => ExplainAll(history, [item], contributions);

    public bool ExplainAll(History history, ReadOnlySpan<int> items, Span<float> contributions)
    {
        if (history.Items.IsEmpty)
        {
            return false;
        }
        var system = SystemOf(history);
        system.Factor();
        Span<float> target = stackalloc float[factors.Factors];
        var next = 0;
        foreach (var item in items)
        {
            factors.Row(item).CopyTo(target);
            system.SolveWith(target);
            foreach (var entry in history.Items)
            {
                contributions[next++] = entry.Weight * TensorPrimitives.Dot<float>(target, factors.Row(entry.Item));
            }
        }
        systems.Add(system);
        return true;
    }

    /// <summary>By the cosine of the factors.</summary>
    public IReadOnlyList<Neighbour> Similar(int item, int limit)
    {
        var own = factors.Row(item).ToArray();
        var length = TensorPrimitives.Norm<float>(own);
        return length == 0
            ? []
            :
            [
                .. Enumerable
                    .Range(0, Items)
                    .Where(other => other != item)
                    .Select(other => new Neighbour(other, Cosine(other)))
                    .Where(n => n.Similarity > 0)
                    .OrderByDescending(n => n.Similarity)
                    .ThenBy(n => n.Product)
                    .Take(limit),
            ];

        float Cosine(int other)
        {
            var norm = TensorPrimitives.Norm<float>(factors.Row(other));
            return norm == 0 ? 0 : TensorPrimitives.Dot<float>(own, factors.Row(other)) / (norm * length);
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(factors.Rows);
        writer.Write(factors.Factors);
        writer.Write(parameters.Unobserved);
        writer.Write(parameters.Regularization);
        writer.Write(parameters.Frequency);
        writer.WriteArray<float>(factors.Values);
    }

    public static FactorModel Read(BinaryReader reader)
    {
        var (rows, count) = (reader.ReadInt32(), reader.ReadInt32());
        var parameters = new IalsParameters(count, reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        return new FactorModel(new FactorTable(rows, count, reader.ReadArray<float>()), parameters);
    }

    private LeastSquares SystemOf(History history)
    {
        var system = systems.TryTake(out var spare) ? spare : new LeastSquares(parameters, factors, gram);
        system.Start();
        foreach (var entry in history.Items)
        {
            if (entry.Weight > 0)
            {
                system.Add(entry.Item, entry.Weight);
            }
        }
        return system;
    }
}
