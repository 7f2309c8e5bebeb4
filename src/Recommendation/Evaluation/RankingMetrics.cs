namespace MarketingPlatform.Recommendation.Evaluation;

/// <summary>How good one ranked list is.</summary>
/// <param name="Precision">Hits / k.</param>
/// <param name="Recall">Hits / wanted items.</param>
/// <param name="Ndcg">Σ over hits of 1/log₂(rank + 1), divided by the same for a perfect list (Järvelin and Kekäläinen, 2002; binary).</param>
/// <param name="AveragePrecision">Σ over hits of the precision at their rank, divided by min(k, wanted items); its mean is MAP.</param>
/// <param name="HitRate">1 where there is a hit, else 0.</param>
/// <param name="ReciprocalRank">1 / rank of the first hit; 0 without one.</param>
internal readonly record struct RankingMetrics(
    double Precision,
    double Recall,
    double Ndcg,
    double AveragePrecision,
    double HitRate,
    double ReciprocalRank
)
{
    /// <param name="ranked">Best first; what comes after k does not count.</param>
    /// <param name="wanted">Not empty.</param>
    public static RankingMetrics Of(ReadOnlySpan<int> ranked, IReadOnlySet<int> wanted, int k)
    {
        double gain = 0,
            precisions = 0,
            first = 0;
        var hits = 0;
        for (var place = 0; place < Math.Min(k, ranked.Length); place++)
        {
            if (wanted.Contains(ranked[place]))
            {
                hits++;
                gain += Discount(place);
                precisions += hits / (place + 1.0);
                first = first == 0 ? 1.0 / (place + 1) : first;
            }
        }
        var possible = Math.Min(k, wanted.Count);
        double ideal = 0;
        for (var place = 0; place < possible; place++)
        {
            ideal += Discount(place);
        }
        return new RankingMetrics(
            (double)hits / k,
            (double)hits / wanted.Count,
            gain / ideal,
            precisions / possible,
            hits > 0 ? 1 : 0,
            first
        );
    }

    private static double Discount(int place) => 1 / Math.Log2(place + 2);

    public static RankingMetrics Mean(IReadOnlyCollection<RankingMetrics> all) =>
        all.Count == 0
            ? default
            : new RankingMetrics(
                all.Average(m => m.Precision),
                all.Average(m => m.Recall),
                all.Average(m => m.Ndcg),
                all.Average(m => m.AveragePrecision),
                all.Average(m => m.HitRate),
                all.Average(m => m.ReciprocalRank)
            );
}
