using System.Collections.Concurrent;
using MarketingPlatform.Recommendation.Evaluation;
using MarketingPlatform.Recommendation.Models.Algorithms;

namespace MarketingPlatform.Recommendation.Models.Auto;

/// <summary>
/// Chooses the weights of a <see cref="Blend"/> by validation: from the best single model it changes one weight after the other, to
/// whichever of a few multiples is best, until none helps. A model that adds less than <see cref="Least"/> stays out.
/// </summary>
internal static class BlendWeights
{
    /// <summary>Gain in nDCG below which a change is taken for noise.</summary>
    public const double Least = 0.0002;

    private const int PerModel = 50;
    private static readonly float[] Steps = [0, 0.05f, 0.1f, 0.2f, 0.35f, 0.5f, 0.75f, 1, 1.5f, 2];

    /// <returns>A weight for each model, 0 for one that stays out, and the nDCG reached.</returns>
    public static (float[] Weights, double Ndcg) Choose(
        IReadOnlyList<Found> models,
        IReadOnlyList<ValidationSplit> folds,
        int k,
        bool repeats,
        int threads,
        CancellationToken ct
    )
    {
        var tables = Tables(models, folds, k, repeats, threads, ct);
        var weights = new float[models.Count];
        var first = Enumerable.Range(0, models.Count).MaxBy(m => models[m].Ndcg);
        weights[first] = 1;
        var reached = Ndcg(tables, weights, k);
        for (var better = true; better; )
        {
            ct.ThrowIfCancellationRequested();
            better = false;
            for (var model = 0; model < models.Count; model++)
            {
                var (before, best) = (weights[model], reached);
                var value = before;
                foreach (var step in Steps)
                {
                    weights[model] = step;
                    if (weights.Any(w => w > 0) && Ndcg(tables, weights, k) is var ndcg && ndcg > best + Least)
                    {
                        (best, value) = (ndcg, step);
                    }
                }
                weights[model] = value;
                better |= value != before;
                reached = best;
            }
        }
        return (weights, reached);
    }

    /// <summary>A user's candidates (what any model has among its best) and, model by model, their scores on one scale.</summary>
    private sealed record Table(float[][] Scores, int[] Items, IReadOnlySet<int> Hidden);

    private static Table[] Tables(
        IReadOnlyList<Found> models,
        IReadOnlyList<ValidationSplit> folds,
        int k,
        bool repeats,
        int threads,
        CancellationToken ct
    )
    {
        var tables = new ConcurrentBag<(int Order, Table Table)>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct };
        for (var fold = 0; fold < folds.Count; fold++)
        {
            var (number, users) = (fold, folds[fold].Users);
            Parallel.For(0, users.Count, options, at => tables.Add((at + (number << 24), Make(users[at], number))));
        }
        return [.. tables.OrderBy(t => t.Order).Select(t => t.Table)];

        Table Make(ValidationUser user, int fold)
        {
            var all = models
                .Select(model =>
                {
                    var scores = new float[model.Models[fold].Items];
                    model.Models[fold].Score(new History(user.History, user.Now), scores);
                    return scores;
                })
                .ToArray();
            var scales = Array.ConvertAll(all, scores => Blend.Scale(scores) is > 0 and var scale ? 1 / scale : 0);
            var had = repeats ? [] : user.History.Select(e => e.Item).ToHashSet();
            var candidates = all.SelectMany(scores => TopItems.Of(scores, Math.Max(PerModel, 3 * k) + had.Count))
                .Where(i => !had.Contains(i));
            var items = candidates.Distinct().Order().ToArray();
            return new Table(
                [.. all.Select((scores, model) => Array.ConvertAll(items, item => scores[item] * scales[model]))],
                items,
                user.Hidden
            );
        }
    }

    private static double Ndcg(Table[] tables, float[] weights, int k)
    {
        double sum = 0;
        foreach (var table in tables)
        {
            var scores = new float[table.Items.Length];
            for (var model = 0; model < weights.Length; model++)
            {
                if (weights[model] > 0)
                {
                    System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(table.Scores[model], weights[model], scores, scores);
                }
            }
            var ranked = Array.ConvertAll(TopItems.Of(scores, k), place => table.Items[place]);
            sum += RankingMetrics.Of(ranked, table.Hidden, k).Ndcg;
        }
        return tables.Length == 0 ? 0 : sum / tables.Length;
    }
}
