using MarketingPlatform.Recommendation.Models.Algorithms;

namespace MarketingPlatform.Recommendation.Models.Auto;

/// <summary>What <see cref="AutoTrainer"/> may spend, and what it trains for.</summary>
/// <param name="K">Length of the answers by which it chooses.</param>
/// <param name="Repeats">Whether what somebody had already may be answered again.</param>
/// <param name="Part">What validation hides; null decides by the data.</param>
/// <param name="MaxItems">Items a matrix may have: memory of 4 bytes × its square, several times.</param>
/// <param name="MaxWork">Multiplications of the whole search, roughly: 10⁹ to 10¹⁰ a second.</param>
/// <param name="Draws">Models with random numbers in them are trained so many times, and share their weight.</param>
/// <param name="Bounded">Only models whose answers take the same time however many customers there are (no stored neighbours).</param>
internal sealed record AutoOptions(
    int K = 10,
    bool Repeats = false,
    HiddenPart? Part = null,
    int MaxItems = 8_000,
    double MaxWork = 1.5e12,
    bool Bounded = false,
    int Threads = 2,
    int Seed = 1,
    int Draws = 1
);

/// <summary>The best setting of one algorithm; what a search that was interrupted goes on from.</summary>
internal sealed record FoundSetting(string Family, string Algorithm, double[] Setting, double Ndcg);

/// <summary>A model of the blend, as chosen.</summary>
internal sealed record ChosenPart(string Algorithm, string Setting, double ValidationNdcg, double Weight);

/// <summary>What was chosen; <see cref="AutoTrainer.Fit"/> trains it on any data.</summary>
/// <param name="HiddenFrom">Users from whom validation hid something.</param>
internal sealed record AutoChoice(IReadOnlyList<(Found Found, float Weight)> Parts, double ValidationNdcg, int HiddenFrom)
{
    private const int Many = 20;

    /// <summary>
    /// The chosen models as validation trained them: they lack what was hidden, so nobody who measures them is told too much. Where that is a
    /// small part of the data, training them again tells nothing more.
    /// </summary>
    /// <param name="users">Of the data.</param>
    /// <returns>Null where too much is missing.</returns>
    public IRecommender? AsValidated(int users) =>
        HiddenFrom * Many > users ? null
        : Parts is [var only] ? only.Found.Models[0]
        : new Blend([.. Parts.Select(part => new BlendPart(part.Found.Models[0], part.Weight))]);

    public IReadOnlyList<ChosenPart> Described =>
        [.. Parts.Select(p => new ChosenPart(p.Found.Algorithm, p.Found.Words, p.Found.Ndcg, p.Weight))];
}

/// <summary>Chooses models, their hyper-parameters and their blend by validation inside of the training data.</summary>
internal sealed class AutoTrainer(AutoOptions options, Action<string> progress)
{
    /// <summary>Users measured over all folds: their nDCG then has a standard error of about 0.005.</summary>
    private const int EnoughUsers = 3_000;

    /// <summary>Of each family, how many settings are tried at most.</summary>
    private const int MaxSettings = 24;

    /// <param name="data">As read; models of preference see distinct entries.</param>
    /// <param name="algorithm">"auto", or the one family to search in.</param>
    /// <param name="known">What an interrupted search of the same data had found: whole families.</param>
    /// <param name="onFamily">Told what a family found, as soon as it is known.</param>
    public async Task<AutoChoice> ChooseAsync(
        Interactions data,
        string algorithm,
        IReadOnlyList<FoundSetting> known,
        Func<IReadOnlyList<FoundSetting>, Task> onFamily,
        CancellationToken ct
    )
    {
        var seen = Seen(data);
        var families = Families(seen, algorithm);
        var folds = Folds(seen, families.Sum(f => f.Cost));
        var settings = Settings(families, folds.Count);
        var found = new List<Found>();
        foreach (var family in families)
        {
            var search = new FamilySearch(folds, options.K, options.Repeats, settings[family], options.Threads, progress);
            var before = known.Where(f => f.Family == family.Name && f.Setting.Length == family.Axes.Count).ToArray();
            var now = before.Length > 0 ? search.Again(family, before, ct) : search.Run(family, ct);
            found.AddRange(now);
            if (before.Length == 0)
            {
                await onFamily([.. now.Select(f => new FoundSetting(family.Name, f.Algorithm, f.Setting, f.Ndcg))]);
            }
        }
        var (weights, ndcg) = BlendWeights.Choose(found, folds, options.K, options.Repeats, options.Threads, ct);
        var choice = new AutoChoice([.. found.Zip(weights).Where(c => c.Second > 0)], ndcg, folds[0].Users.Count);
        foreach (var part in choice.Described)
        {
            progress(FormattableString.Invariant($"chosen: {part.Algorithm} {part.Setting}, weight {part.Weight}"));
        }
        return choice;
    }

    /// <summary>The choice, trained on these data.</summary>
    public IRecommender Fit(AutoChoice choice, Interactions data, CancellationToken ct)
    {
        var seen = Seen(data);
        var trained = new Dictionary<string, IReadOnlyList<Variant>>(StringComparer.Ordinal);
        var parts = new List<BlendPart>();
        foreach (var (found, weight) in choice.Parts)
        {
            var draws = found.Family.Seed is null ? 1 : options.Draws;
            for (var draw = 0; draw < draws; draw++)
            {
                double[] setting = [.. found.Setting];
                if (found.Family.Seed is { } axis)
                {
                    setting[axis] += draw;
                }
                // Variants of one family with one setting come from one training.
                var key = found.Family.Name + ' ' + found.Family.Describe(setting);
                if (!trained.TryGetValue(key, out var variants))
                {
                    trained[key] = variants = found.Family.Train(seen, setting, ct);
                }
                parts.Add(new BlendPart(variants.Single(v => v.Algorithm == found.Algorithm).Model, weight / draws));
            }
        }
        return parts is [var only] ? only.Model : new Blend(parts);
    }

    private Interactions Seen(Interactions data) => options.Repeats ? data : data.Distinct();

    /// <summary>
    /// With times and short histories (half of the users have at most ten entries: sessions, rare customers) what comes next is asked
    /// for; else what somebody likes.
    /// </summary>
    private HiddenPart PartOf(Interactions data)
    {
        if (options.Part is { } given)
        {
            return given;
        }
        if (options.Repeats)
        {
            return HiddenPart.LastBasket;
        }
        var lengths = Enumerable.Range(0, data.Users).Select(u => data.Of(u).Length).Where(n => n > 0).Order().ToArray();
        return data.Newest > 0 && lengths.Length > 0 && lengths[lengths.Length / 2] <= 10 ? HiddenPart.Last : HiddenPart.Random;
    }

    /// <summary>
    /// How many settings each family may try: the work is shared evenly, and what cheap families cannot spend goes to the dear ones. Each may
    /// try one, whatever it costs.
    /// </summary>
    private Dictionary<Family, int> Settings(Family[] families, int folds)
    {
        var (left, settings) = (options.MaxWork, new Dictionary<Family, int>(ReferenceEqualityComparer.Instance));
        foreach (var (rank, family) in families.OrderBy(f => f.Cost).Index())
        {
            var cost = Math.Max(1, family.Cost) * folds;
            settings[family] = (int)Math.Clamp(left / (families.Length - rank) / cost, 1, MaxSettings);
            left = Math.Max(0, left - (settings[family] * cost));
        }
        return settings;
    }

    /// <summary>As many as the work allows.</summary>
    private IReadOnlyList<ValidationSplit> Folds(Interactions data, double cost)
    {
        var affordable = (int)Math.Clamp(options.MaxWork / Math.Max(1, cost) / MaxSettings, 1, 3);
        var part = PartOf(data);
        var folds = new List<ValidationSplit>();
        for (var users = 0; folds.Count < affordable && users < EnoughUsers / 2; )
        {
            var fold = ValidationSplit.Of(data, part, EnoughUsers, options.Seed + folds.Count);
            folds.Add(fold);
            users += fold.Users.Count;
            if (fold.Users.Count == 0 || part != HiddenPart.Random)
            {
                break;
            }
        }
        return folds;
    }

    private Family[] Families(Interactions data, string algorithm)
    {
        var all = new Families(data, options.MaxItems, options.Repeats, options.Threads);
        var one = One(all, algorithm);
        return one is not null ? [one]
            : data.Newest > 0 && PartOf(data) != HiddenPart.Random ? [.. Blendable(all, data), all.Trending()]
            : Blendable(all, data);
    }

    private static Family? One(Families all, string algorithm) =>
        algorithm switch
        {
            LinearAutoencoder.Ease or LinearAutoencoder.Edlae or LinearAutoencoder.Dlae => all.Autoencoders(algorithm),
            FactorModel.Name => all.Ials(),
            NeighbourModel.ItemKnn => all.ItemKnn(),
            NeighbourModel.Rp3Beta => all.Rp3Beta(),
            PopularityModel.Popular => all.Popular(),
            PersonalModel.Name => all.Personal(),
            NeighbourUsers.Name => all.NeighbourUsers(),
            SessionModel.Session or SessionModel.Plain => all.Sessions(algorithm),
            _ => null,
        };

    private Family[] Blendable(Families all, Interactions data) =>
        options.Repeats ? [all.Popular(), all.Personal(), all.NeighbourUsers(), all.Rp3Beta(), all.Autoencoders(LinearAutoencoder.Ease)]
        : !options.Bounded && PartOf(data) == HiddenPart.Last
            ?
            [
                all.Popular(),
                all.Sessions(SessionModel.Session),
                all.ItemKnn(),
                all.Rp3Beta(),
                all.Autoencoders(LinearAutoencoder.Edlae),
                all.Ials(),
            ]
        : [all.Popular(), all.ItemKnn(), all.Rp3Beta(), all.Autoencoders(LinearAutoencoder.Edlae, LinearAutoencoder.Dlae), all.Ials()];
}
