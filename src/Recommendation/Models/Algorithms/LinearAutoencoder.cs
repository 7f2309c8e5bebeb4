using System.Numerics.Tensors;
using MarketingPlatform.Recommendation.Models.Linear;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>What a <see cref="LinearAutoencoder"/> is told.</summary>
/// <param name="L2">λ ≥ 0 in entries: as if every item had been met so often alone. 1 to 10,000 by data.</param>
/// <param name="Dropout">p in [0, 1): the share of a history that is hidden while learning to foretell it. EASE has 0.</param>
internal sealed record AutoencoderParameters(double L2, double Dropout = 0);

/// <summary>
/// Item–item models in closed form: with the counts <c>G = XᵀX</c> (items × items), <c>Λ = λI + p/(1−p)·diag(G)</c> and
/// <c>C = (G + Λ)⁻¹</c>, a history x is answered by the scores <c>xB</c>.
/// <list type="bullet">
/// <item>EASE (Steck, WWW 2019): p = 0, <c>B(i,j) = −C(i,j)/C(j,j)</c>, diagonal 0: no item may foretell itself.</item>
/// <item>EDLAE (Steck, NeurIPS 2020, "Autoencoders that don't overfit towards the identity"): the same with p above 0: dropout that
/// is computed exactly instead of drawn.</item>
/// <item>DLAE (the same paper): <c>B = I − CΛ</c>, without the constraint on the diagonal.</item>
/// </list>
/// Centred (<see cref="Centre"/>; Steck, NeurIPS 2019, "Markov random fields for collaborative filtering"), G is the covariance: what differs
/// from the average history m is foretold from what differs in this one, <c>m + (x − m)B</c>. Short histories then rest on popularity.
/// Memory: one matrix of 4 bytes × items² beside G, hence at most <c>maxItems</c> items, the most frequent ones; the others score 0.
/// Time: items³/2 multiplications. Weights of the entries count (1 for plain presence).
/// </summary>
internal static class LinearAutoencoder
{
    public const string Ease = "ease";
    public const string Edlae = "edlae";
    public const string Dlae = "dlae";

    public static DenseItemModel Train(
        string algorithm,
        Interactions data,
        AutoencoderParameters parameters,
        int maxItems,
        int threads,
        CancellationToken ct
    )
    {
        var gram = GramMatrix.Of(data, maxItems, ct);
        return Make(algorithm, gram, Precision(gram, parameters, threads, ct), parameters);
    }

    /// <summary>The same models of the centred data.</summary>
    public static InterceptModel TrainCentred(
        string algorithm,
        Interactions data,
        AutoencoderParameters parameters,
        int maxItems,
        int threads,
        CancellationToken ct
    )
    {
        var (gram, mean) = (GramMatrix.Of(data, maxItems, ct), MeanHistory.Of(data));
        return Centre(Make(algorithm, gram, Precision(gram, parameters, threads, ct, mean), parameters), mean);
    }

    /// <summary>Adds what makes a model of centred data one of the data as they are: <c>m − mB</c>.</summary>
    public static InterceptModel Centre(DenseItemModel model, MeanHistory mean)
    {
        var average = mean.Weights.Select((weight, item) => new HistoryItem(item, weight, 0)).ToArray();
        var intercept = new float[model.Items];
        model.Score(new History(average, 0), intercept);
        TensorPrimitives.Subtract(mean.Weights, intercept, intercept);
        return new InterceptModel(model, intercept);
    }

    /// <summary><c>C = (G + Λ)⁻¹</c>; the expensive step, the same for all three models.</summary>
    /// <param name="centre">Null: of the data as they are.</param>
    public static SymmetricMatrix Precision(
        GramMatrix gram,
        AutoencoderParameters parameters,
        int threads,
        CancellationToken ct,
        MeanHistory? centre = null
    )
    {
        var matrix = gram.Counts.Copy();
        if (centre is not null)
        {
            var means = Array.ConvertAll(gram.Covered, item => centre.Weights[item]);
            for (var item = 0; item < matrix.Size; item++)
            {
                TensorPrimitives.MultiplyAdd(means, -centre.Users * means[item], matrix.Row(item), matrix.Row(item));
            }
        }
        for (var item = 0; item < matrix.Size; item++)
        {
            matrix[item, item] += Penalty(gram, parameters, item);
        }
        Inverse.InPlace(matrix, threads, ct);
        return matrix;
    }

    /// <summary>The weights B; they take the place of <paramref name="precision"/>.</summary>
    public static DenseItemModel Make(string algorithm, GramMatrix gram, SymmetricMatrix precision, AutoencoderParameters parameters)
    {
        var n = precision.Size;
        var scale = new float[n];
        for (var item = 0; item < n; item++)
        {
            scale[item] = algorithm == Dlae ? -Penalty(gram, parameters, item) : -1 / precision[item, item];
        }
        for (var item = 0; item < n; item++)
        {
            var row = precision.Row(item);
            TensorPrimitives.Multiply(row, scale, row);
            row[item] = algorithm == Dlae ? 1 + row[item] : 0;
        }
        return new DenseItemModel(algorithm, gram.Items, gram.Covered, precision);
    }

    // Never 0: an item that nobody has would make the matrix singular.
    private static float Penalty(GramMatrix gram, AutoencoderParameters parameters, int item) =>
        (float)Math.Max(1e-3, parameters.L2 + (parameters.Dropout / (1 - parameters.Dropout) * gram.Counts[item, item]));
}
