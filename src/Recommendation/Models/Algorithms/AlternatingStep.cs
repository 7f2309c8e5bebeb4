using System.Numerics.Tensors;
using MarketingPlatform.Recommendation.Models.Linear;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>One half of an epoch of <see cref="Ials"/>: all rows of one side, the other side fixed.</summary>
internal sealed class AlternatingStep(IalsParameters parameters)
{
    /// <param name="fill">Adds the entries of a row to its system.</param>
    public void Run(FactorTable given, FactorTable solved, int threads, Action<int, LeastSquares> fill, CancellationToken ct)
    {
        var gram = given.Gram(parameters.Unobserved);
        Parallel.For(
            0,
            solved.Rows,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct },
            () => new LeastSquares(parameters, given, gram),
            (row, _, system) =>
            {
                system.Start();
                fill(row, system);
                system.Solve(solved.Row(row));
                return system;
            },
            _ => { }
        );
    }
}

/// <summary>
/// The d × d system of one row: <c>(Σ c·hhᵀ + α₀HᵀH + λ(n + α₀·rows)^ν·I) w = Σ c·h</c>, c being the weights of its entries. Reused
/// for many rows, by one thread.
/// </summary>
internal sealed class LeastSquares(IalsParameters parameters, FactorTable given, float[] gram)
{
    private const int Batch = 128;
    private readonly int factors = given.Factors;
    private readonly float[] matrix = new float[given.Factors * given.Factors];
    private readonly float[] right = new float[given.Factors];
    private readonly float[] gathered = new float[Batch * given.Factors];
    private int waiting;
    private int entries;

    public void Start()
    {
        gram.CopyTo(matrix, 0);
        right.AsSpan().Clear();
        (waiting, entries) = (0, 0);
    }

    public void Add(int row, float weight)
    {
        var h = given.Row(row);
        TensorPrimitives.MultiplyAdd(h, weight, right, right);
        TensorPrimitives.Multiply(h, MathF.Sqrt(weight), gathered.AsSpan(waiting * factors, factors));
        entries++;
        if (++waiting == Batch)
        {
            Flush();
        }
    }

    /// <summary>0 for a row without entries.</summary>
    public void Solve(Span<float> solution)
    {
        if (entries == 0)
        {
            solution.Clear();
            return;
        }
        Factor();
        right.CopyTo(solution);
        SolveWith(solution);
    }

    /// <summary>Makes the system ready for <see cref="SolveWith"/>.</summary>
    public void Factor()
    {
        Flush();
        var ridge = parameters.Regularization * Math.Pow(entries + (parameters.Unobserved * given.Rows), parameters.Frequency);
        for (var at = 0; at < factors; at++)
        {
            matrix[(at * factors) + at] += (float)ridge;
        }
        Cholesky.Factor(matrix.AsSpan(), factors);
    }

    /// <summary>Solves the system for another right side, in place.</summary>
    public void SolveWith(Span<float> side) => Cholesky.Solve<float>(matrix, factors, side);

    /// <summary>The right side <c>Σ c·h</c>.</summary>
    public ReadOnlySpan<float> Right => right;

    private void Flush()
    {
        if (waiting > 0)
        {
            FactorTable.AddGram(gathered, waiting, matrix, factors);
            waiting = 0;
        }
    }
}
