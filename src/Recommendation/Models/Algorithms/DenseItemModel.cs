using System.Buffers;
using System.Numerics.Tensors;
using MarketingPlatform.Recommendation.Models.Linear;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>
/// A weight from every item to every other one: <c>s(b) = Σ over entries h of weight(h)·B(h, b)</c>. Weights may be negative: some
/// items speak against others.
/// </summary>
/// <param name="algorithm">Who computed the weights.</param>
/// <param name="items">All items.</param>
/// <param name="covered">The item of each row and column; items that are not covered neither score nor speak.</param>
/// <param name="weights">Not symmetric any more: row = from, column = to.</param>
internal sealed class DenseItemModel(string algorithm, int items, int[] covered, SymmetricMatrix weights) : IRecommender
{
    private readonly int[] rowOf = RowOf(items, covered);

    public string Algorithm => algorithm;

    public int Items => items;

    public void Score(History history, Span<float> scores)
    {
        if (covered.Length == items)
        {
            Sum(history, scores);
            return;
        }
        var rented = ArrayPool<float>.Shared.Rent(covered.Length);
        var own = rented.AsSpan(0, covered.Length);
        Sum(history, own);
        scores.Clear();
        for (var row = 0; row < covered.Length; row++)
        {
            scores[covered[row]] = own[row];
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    public bool Explain(History history, int item, Span<float> contributions)
    {
        for (var at = 0; at < history.Items.Length; at++)
        {
            var entry = history.Items[at];
            var (from, to) = (rowOf[entry.Item], rowOf[item]);
            contributions[at] = from < 0 || to < 0 ? 0 : entry.Weight * weights[from, to];
        }
        return true;
    }

    public IReadOnlyList<Neighbour> Similar(int item, int limit)
    {
        if (rowOf[item] < 0)
        {
            return [];
        }
        var row = weights.Row(rowOf[item]).ToArray();
        return
        [
            .. Enumerable
                .Range(0, row.Length)
                .Where(to => row[to] > 0 && covered[to] != item)
                .OrderByDescending(to => row[to])
                .ThenBy(to => to)
                .Take(limit)
                .Select(to => new Neighbour(covered[to], row[to])),
        ];
    }

    /// <summary>The strongest weights of each item only: less memory, nearly the same answers.</summary>
    public NeighbourModel Sparse(int neighbours)
    {
        var lists = new Neighbour[items][];
        Array.Fill(lists, []);
        foreach (var item in covered)
        {
            lists[item] = [.. Similar(item, neighbours)];
        }
        return new NeighbourModel(algorithm + NeighbourModel.SparseSuffix, lists);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(items);
        writer.WriteArray<int>(covered);
        for (var row = 0; row < covered.Length; row++)
        {
            writer.WriteArray<float>(weights.Row(row));
        }
    }

    public static DenseItemModel Read(string algorithm, BinaryReader reader)
    {
        var items = reader.ReadInt32();
        var covered = reader.ReadArray<int>();
        var weights = new SymmetricMatrix(covered.Length);
        for (var row = 0; row < covered.Length; row++)
        {
            reader.ReadArray<float>().CopyTo(weights.Row(row));
        }
        return new DenseItemModel(algorithm, items, covered, weights);
    }

    private void Sum(History history, Span<float> sum)
    {
        sum.Clear();
        foreach (var entry in history.Items)
        {
            if (rowOf[entry.Item] is >= 0 and var row)
            {
                TensorPrimitives.MultiplyAdd(weights.Row(row), entry.Weight, sum, sum);
            }
        }
    }

    private static int[] RowOf(int items, int[] covered)
    {
        var rows = new int[items];
        Array.Fill(rows, -1);
        for (var row = 0; row < covered.Length; row++)
        {
            rows[covered[row]] = row;
        }
        return rows;
    }
}
