using System.Numerics.Tensors;
using MarketingPlatform.Recommendation.Models.Linear;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>What iALS is told.</summary>
/// <param name="Factors">d; rounded up so that the vectors of the processor are filled.</param>
/// <param name="Unobserved">α₀ above 0: weight of a pair that never met, beside 1 for one that did.</param>
/// <param name="Regularization">λ above 0.</param>
/// <param name="Frequency">ν in [0, 1]: how far regularisation grows with the number of entries.</param>
/// <param name="Epochs">Passes over users and items.</param>
/// <param name="Seed">Of the first item factors: normal with deviation 0.1/√d.</param>
internal sealed record IalsParameters(
    int Factors = 48,
    double Unobserved = 0.3,
    double Regularization = 0.01,
    double Frequency = 1,
    int Epochs = 16,
    int Seed = 1
);

/// <summary>
/// Implicit alternating least squares with frequency-scaled regularisation (Hu, Koren and Volinsky, ICDM 2008; Rendle et al., RecSys
/// 2022, "Revisiting the performance of iALS on item recommendation benchmarks"). Minimises, w and h being the factors of users and
/// items, <c>Σ over entries of weight·(w·h − 1)² + α₀ Σ over all pairs of (w·h)² + λ Σ over users of (n(u) + α₀·items)^ν·|w|²</c> and
/// the like for items. Each side is solved exactly while the other one is fixed: a d × d system a row, by Cholesky.
/// <para>Time an epoch: 2·entries·d²/2 + (users + items)·d³/6 multiplications, spread over the threads; the same result for any
/// number of them.</para>
/// </summary>
internal static class Ials
{
    public static FactorModel Train(Interactions data, IalsParameters parameters, int threads, CancellationToken ct)
    {
        var factors = Tile.Pad(parameters.Factors);
        var (starts, users, weights) = Transpose(data);
        var itemFactors = new FactorTable(data.Items, factors);
        var userFactors = new FactorTable(data.Users, factors);
        Draw(itemFactors, new Random(parameters.Seed));
        var toUsers = new AlternatingStep(parameters);
        for (var epoch = 0; epoch < parameters.Epochs; epoch++)
        {
            toUsers.Run(
                itemFactors,
                userFactors,
                threads,
                (user, system) =>
                {
                    foreach (var entry in data.Of(user))
                    {
                        system.Add(entry.Item, entry.Weight);
                    }
                },
                ct
            );
            toUsers.Run(
                userFactors,
                itemFactors,
                threads,
                (item, system) =>
                {
                    for (var at = starts[item]; at < starts[item + 1]; at++)
                    {
                        system.Add(users[at], weights[at]);
                    }
                },
                ct
            );
        }
        return new FactorModel(itemFactors, parameters);
    }

    private static (int[] Starts, int[] Users, float[] Weights) Transpose(Interactions data)
    {
        var (starts, users) = data.ByItem();
        var next = starts.AsSpan(0, data.Items).ToArray();
        var weights = new float[users.Length];
        for (var user = 0; user < data.Users; user++)
        {
            foreach (var entry in data.Of(user))
            {
                weights[next[entry.Item]++] = entry.Weight;
            }
        }
        return (starts, users, weights);
    }

    private static void Draw(FactorTable table, Random random)
    {
        var deviation = 0.1 / Math.Sqrt(table.Factors);
        for (var row = 0; row < table.Rows; row++)
        {
            foreach (ref var value in table.Row(row))
            {
                value = (float)(
                    deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())
                );
            }
        }
    }
}

/// <summary>Rows of factors, one after the other.</summary>
internal sealed class FactorTable(int rows, int factors, float[]? values = null)
{
    public int Rows => rows;

    public int Factors => factors;

    public float[] Values { get; } = values ?? new float[checked(rows * factors)];

    public Span<float> Row(int row) => Values.AsSpan(row * factors, factors);

    /// <summary><c>scale · HᵀH</c>, d × d, its lower half and more.</summary>
    public float[] Gram(double scale)
    {
        var gram = new float[factors * factors];
        AddGram(Values, rows, gram, factors);
        TensorPrimitives.Multiply(gram, (float)scale, gram);
        return gram;
    }

    /// <summary>Adds <c>YᵀY</c> of <paramref name="count"/> rows to a d × d matrix, at least its lower half.</summary>
    public static void AddGram(ReadOnlySpan<float> y, int count, Span<float> gram, int factors)
    {
        // As many rows at once as the nearest cache holds.
        const int depth = 128;
        for (var first = 0; first < count; first += depth)
        {
            var rows = Math.Min(depth, count - first);
            var part = y.Slice(first * factors, rows * factors);
            for (var row = 0; row < factors; row += Tile.Rows)
            {
                for (var column = 0; column <= row + Tile.Rows - 1; column += Tile.Columns)
                {
                    Tile.MultiplyAdd(gram[((row * factors) + column)..], factors, part[row..], factors, part[column..], factors, rows, 1);
                }
            }
        }
    }
}
