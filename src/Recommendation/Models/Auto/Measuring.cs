using MarketingPlatform.Recommendation.Evaluation;

namespace MarketingPlatform.Recommendation.Models.Auto;

/// <summary>How good a model is on validation: nDCG at k.</summary>
internal static class Measuring
{
    /// <summary>The mean over the users; 0 without users.</summary>
    public static double Ndcg(IRecommender model, ValidationSplit split, int k, bool repeats, int threads, CancellationToken ct) =>
        split.Users.Count == 0 ? 0 : NdcgOfEach(model, split, k, repeats, threads, ct).Average();

    /// <summary>Of each user, in their order.</summary>
    public static double[] NdcgOfEach(IRecommender model, ValidationSplit split, int k, bool repeats, int threads, CancellationToken ct)
    {
        var results = new double[split.Users.Count];
        Parallel.For(
            0,
            results.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct },
            () => new float[model.Items],
            (at, _, scores) =>
            {
                var user = split.Users[at];
                Score(model, user, repeats, scores);
                results[at] = RankingMetrics.Of(TopItems.Of(scores, k), user.Hidden, k).Ndcg;
                return scores;
            },
            _ => { }
        );
        return results;
    }

    /// <summary>Scores of all items; without repeats those of the history are −∞.</summary>
    public static void Score(IRecommender model, ValidationUser user, bool repeats, Span<float> scores)
    {
        model.Score(new History(user.History, user.Now), scores);
        if (!repeats)
        {
            foreach (var entry in user.History)
            {
                scores[entry.Item] = float.NegativeInfinity;
            }
        }
    }
}
