namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>What item-kNN is told.</summary>
/// <param name="Neighbours">Kept for each item.</param>
/// <param name="Shrinkage">Users that a similarity must be seen by before it counts half.</param>
/// <param name="FullWeightItems">A user with more items weighs that number divided by theirs: wholesalers and bots do not decide.</param>
/// <param name="MinimumSupport">Users (weighted) who must have both items of a pair.</param>
internal sealed record ItemKnnParameters(
    int Neighbours = 200,
    double Shrinkage = 10,
    double FullWeightItems = double.PositiveInfinity,
    double MinimumSupport = 0
);

/// <summary>What RP3beta is told.</summary>
/// <param name="Neighbours">Kept for each item.</param>
/// <param name="Alpha">Exponent of the walk's probabilities, about 0.5 to 1.2.</param>
/// <param name="Beta">Exponent of the popularity by which a target is divided, 0 to 1.</param>
internal sealed record Rp3BetaParameters(int Neighbours = 200, double Alpha = 0.8, double Beta = 0.6);

/// <summary>
/// Item–item models that are counted, not solved. <paramref name="data"/> of each is taken as distinct entries.
/// </summary>
internal static class ItemNeighbours
{
    /// <summary>
    /// Item-kNN (Sarwar et al., WWW 2001; Deshpande and Karypis, TOIS 2004): with w(u) the weight of a user, n(a) = Σ w(u) over users of
    /// a, n(a,b) over users of both, <c>similarity = n(a,b)/√(n(a)·n(b)) · n(a,b)/(n(a,b) + shrinkage)</c>, in [0, 1).
    /// </summary>
    public static NeighbourModel ItemKnn(Interactions data, ItemKnnParameters parameters, int threads, CancellationToken ct)
    {
        var weights = new float[data.Users];
        var users = new double[data.Items];
        for (var user = 0; user < data.Users; user++)
        {
            weights[user] = (float)Math.Min(1, parameters.FullWeightItems / Math.Max(1, data.Of(user).Length));
            foreach (var entry in data.Of(user))
            {
                users[entry.Item] += weights[user];
            }
        }
        // A sum of float weights may miss a whole number by a hair.
        var support = parameters.MinimumSupport - 1e-6;
        return new NeighbourModel(
            NeighbourModel.ItemKnn,
            ItemPairs.Nearest(
                data,
                weights,
                (a, b, both) => both < support ? 0 : both / Math.Sqrt(users[a] * users[b]) * both / (both + parameters.Shrinkage),
                parameters.Neighbours,
                threads,
                ct
            )
        );
    }

    /// <summary>
    /// RP3beta (Paudel et al., TiiS 2017): the probability of a random walk item → user → item, each step to the power α, divided by the
    /// target's popularity to the power β, so that the long tail has its chance.
    /// </summary>
    public static NeighbourModel Rp3Beta(Interactions data, Rp3BetaParameters parameters, int threads, CancellationToken ct)
    {
        var weights = new float[data.Users];
        for (var user = 0; user < data.Users; user++)
        {
            weights[user] = (float)Math.Pow(Math.Max(1, data.Of(user).Length), -parameters.Alpha);
        }
        var counts = data.CountItems();
        var from = Array.ConvertAll(counts, n => Math.Pow(Math.Max(1, n), -parameters.Alpha));
        var to = Array.ConvertAll(counts, n => Math.Pow(Math.Max(1, n), -parameters.Beta));
        return new NeighbourModel(
            NeighbourModel.Rp3Beta,
            ItemPairs.Nearest(data, weights, (a, b, both) => both * from[a] * to[b], parameters.Neighbours, threads, ct)
        );
    }

    /// <summary>
    /// Item-to-item part of SAR (Microsoft recommenders' "Simple Algorithm for Recommendation"): Jaccard similarity, all neighbours.
    /// </summary>
    public static NeighbourModel Jaccard(Interactions data, int threads, CancellationToken ct)
    {
        var weights = new float[data.Users];
        Array.Fill(weights, 1);
        var counts = data.CountItems();
        return new NeighbourModel(
            NeighbourModel.Sar,
            ItemPairs.Nearest(data, weights, (a, b, both) => both / (counts[a] + counts[b] - both), data.Items, threads, ct)
        );
    }
}
