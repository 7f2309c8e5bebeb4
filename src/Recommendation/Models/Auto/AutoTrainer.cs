using MarketingPlatform.Recommendation.Models.Algorithms;

namespace MarketingPlatform.Recommendation.Models.Auto;

/// <summary>What <see cref="AutoTrainer"/> may spend, and what it trains for.</summary>
/// <param name="K">Length of the answers by which it chooses.</param>
/// <param name="Repeats">Whether what somebody had already may be answered again.</param>
/// <param name="MaxItems">Items a matrix may have: memory of 4 bytes × its square, several times.</param>
/// <param name="MaxWork">Multiplications of the whole search, roughly: about 10⁹ to 10¹⁰ a second.</param>
internal sealed record AutoOptions(
    int K = 10,
    bool Repeats = false,
    int MaxItems = 8_000,
    double MaxWork = 4e12,
    int Threads = 2,
    int Seed = 1
);

/// <summary>A model of the blend, as chosen.</summary>
internal sealed record ChosenPart(string Algorithm, string Setting, double ValidationNdcg, double Weight);

/// <summary>What was chosen, and trained again on all data.</summary>
internal sealed record AutoResult(
    IRecommender Model,
    double ValidationNdcg,
    IReadOnlyList<ChosenPart> Parts,
    TimeSpan Search,
    TimeSpan Training
);

/// <summary>
/// Chooses a model and its hyper-parameters by validation inside the training data, then trains the choice on all of them.
/// </summary>
internal sealed class AutoTrainer(AutoOptions options, TimeProvider clock, Action<string> progress)
{
    /// <summary>Users measured over all folds: their nDCG then has a standard error of about 0.005.</summary>
    private const int EnoughUsers = 3_000;

    /// <summary>Of each family, how many settings are tried at most.</summary>
    private const int MaxSettings = 24;

    /// <param name="data">As read; models of preference see distinct entries.</param>
    /// <param name="algorithm">"auto", or the one family to search in.</param>
    public AutoResult Train(Interactions data, string algorithm, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var distinct = options.Repeats ? data : data.Distinct();
        var part = PartOf(distinct);
        var families = FamiliesOf(distinct, algorithm);
        var folds = Folds(distinct, part, families.Sum(f => f.Cost));
        var search = new FamilySearch(folds, options.K, options.Repeats, MaxSettings, options.Threads, progress);
        var found = families.SelectMany(f => search.Run(f, ct)).ToArray();
        var (weights, ndcg) = BlendWeights.Choose(found, folds, options.K, options.Repeats, options.Threads, ct);
        var chosen = found.Zip(weights).Where(c => c.Second > 0).ToArray();
        foreach (var (model, weight) in chosen)
        {
            progress(FormattableString.Invariant($"chosen: {model.Algorithm} {model.Words}, weight {weight}"));
        }
        var searched = clock.GetElapsedTime(started);
        started = clock.GetTimestamp();
        var parts = chosen.Select(c => new BlendPart(Final(c.First, distinct, ct), c.Second)).ToArray();
        return new AutoResult(
            parts is [var only] ? only.Model : new Blend(parts),
            ndcg,
            [.. chosen.Select(c => new ChosenPart(c.First.Algorithm, c.First.Words, c.First.Ndcg, c.Second))],
            searched,
            clock.GetElapsedTime(started)
        );
    }

    private static IRecommender Final(Found found, Interactions data, CancellationToken ct) =>
        found.Family.Train(data, found.Setting, ct).Single(v => v.Algorithm == found.Algorithm).Model;

    private HiddenPart PartOf(Interactions data)
    {
        if (options.Repeats)
        {
            return HiddenPart.LastBasket;
        }
        var lengths = Enumerable.Range(0, data.Users).Select(u => data.Of(u).Length).Where(n => n > 0).Order().ToArray();
        return data.Newest > 0 && lengths.Length > 0 && lengths[lengths.Length / 2] <= 10 ? HiddenPart.Last : HiddenPart.Random;
    }

    private IReadOnlyList<ValidationSplit> Folds(Interactions data, HiddenPart part, double cost)
    {
        var affordable = (int)Math.Clamp(options.MaxWork / Math.Max(1, cost * MaxSettings / 2), 1, 3);
        var folds = new List<ValidationSplit>();
        for (var users = 0; folds.Count < affordable && users < EnoughUsers; )
        {
            var fold = ValidationSplit.Of(data, part, EnoughUsers, options.Seed + folds.Count);
            if (folds.Count > 0 && (fold.Users.Count == 0 || part != HiddenPart.Random))
            {
                break;
            }
            folds.Add(fold);
            users += fold.Users.Count;
        }
        return folds;
    }

    private Family[] FamiliesOf(Interactions data, string algorithm)
    {
        var all = new Families(data, options.MaxItems, options.Threads);
        return algorithm switch
        {
            LinearAutoencoder.Ease or LinearAutoencoder.Edlae or LinearAutoencoder.Dlae => [all.Autoencoders(algorithm)],
            FactorModel.Name => [all.Ials()],
            NeighbourModel.ItemKnn => [all.ItemKnn()],
            NeighbourModel.Rp3Beta => [all.Rp3Beta()],
            PopularityModel.Popular => [all.Popular()],
            _ =>
            [
                all.Popular(),
                all.ItemKnn(),
                all.Rp3Beta(),
                all.Autoencoders(LinearAutoencoder.Edlae, LinearAutoencoder.Dlae),
                all.Ials(),
            ],
        };
    }
}
