using MarketingPlatform.Recommendation.Models.Algorithms;

namespace MarketingPlatform.Recommendation.Models.Auto;

/// <summary>
/// The families and the values that are tried: geometric grids wide enough for a grocer's 9,000 baskets and for a million ratings. They
/// come from the methods' papers and from the meaning of each parameter, not from one data set.
/// </summary>
/// <param name="data">Only its size is looked at.</param>
/// <param name="maxItems">Items that a matrix may have.</param>
/// <param name="repeats">Whether the data hold an item more than once a user.</param>
internal sealed class Families(Interactions data, int maxItems, bool repeats, int threads)
{
    private static readonly double[] L2 = [0.3, 1, 3, 10, 30, 100, 200, 400, 800, 1_600, 3_200, 6_400];

    /// <summary>Models of preference learn from each item once a user.</summary>
    private Interactions Liked(Interactions fitting) => repeats ? fitting.Distinct() : fitting;

    public Family Autoencoders(params string[] algorithms) =>
        new(
            algorithms.Length > 1 ? "autoencoder" : algorithms[0],
            [
                new Axis("l2", L2, 6),
                new Axis(
                    "dropout",
                    algorithms is [LinearAutoencoder.Ease] ? [0] : [0, 0.1, 0.2, 0.33, 0.5, 0.66, 0.8],
                    algorithms is [LinearAutoencoder.Ease] ? 0 : 3
                ),
                new Axis("centred", [0, 1], 0),
            ],
            Math.Pow(Math.Min(data.Items, maxItems), 3) / 2,
            (fitting, setting, ct) =>
            {
                var parameters = new AutoencoderParameters(setting[0], setting[1]);
                var liked = Liked(fitting);
                var gram = GramMatrix.Of(liked, maxItems, ct);
                var mean = setting[2] > 0 ? MeanHistory.Of(liked) : null;
                var precision = LinearAutoencoder.Precision(gram, parameters, threads, ct, mean);
                return
                [
                    .. algorithms.Select(
                        (name, at) =>
                        {
                            var own = at == algorithms.Length - 1 ? precision : precision.Copy();
                            var model = LinearAutoencoder.Make(name, gram, own, parameters);
                            return new Variant(name, mean is null ? model : LinearAutoencoder.Centre(model, mean));
                        }
                    ),
                ];
            }
        );

    public Family Ials()
    {
        // From millions of entries on, twice the factors cost minutes, and the search may still go there.
        var factors = data.Count > 2_000_000 ? 24 : 48;
        return new(
            FactorModel.Name,
            [
                new Axis(
                    "unobserved",
                    [0.012, 0.018, 0.025, 0.035, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.57, 0.8, 1.1, 1.6, 2.3, 3.2, 4.5, 6.4],
                    10
                ),
                new Axis("regularization", [0.0012, 0.0018, 0.0025, 0.0035, 0.005, 0.007, 0.01, 0.014, 0.02, 0.028, 0.04], 6),
                new Axis("factors", [24, 48, 96], factors == 48 ? 1 : 0),
                new Axis("seed", [1], 0),
            ],
            16.0 * ((2.0 * data.Count * factors * 30) + ((data.Users + data.Items) * (double)factors * factors * 12)),
            (fitting, setting, ct) =>
                [
                    new Variant(
                        FactorModel.Name,
                        Algorithms.Ials.Train(
                            Liked(fitting),
                            new IalsParameters((int)setting[2], setting[0], setting[1], Seed: (int)setting[3]),
                            threads,
                            ct
                        )
                    ),
                ],
            Seed: 3
        );
    }

    public Family ItemKnn() =>
        new(
            NeighbourModel.ItemKnn,
            [new Axis("shrinkage", [0, 3, 10, 30, 100], 2), new Axis("neighbours", [20, 50, 100, 200, 400], 2)],
            PairCost,
            (fitting, setting, ct) =>
                [
                    new Variant(
                        NeighbourModel.ItemKnn,
                        ItemNeighbours.ItemKnn(Liked(fitting), new ItemKnnParameters((int)setting[1], setting[0]), threads, ct)
                    ),
                ]
        );

    public Family Rp3Beta() =>
        new(
            NeighbourModel.Rp3Beta,
            [
                new Axis("beta", [0, 0.2, 0.4, 0.6, 0.8], 2),
                new Axis("alpha", [0.4, 0.6, 0.8, 1, 1.2], 2),
                new Axis("neighbours", [20, 50, 100, 200, 400], 2),
            ],
            PairCost,
            (fitting, setting, ct) =>
                [
                    new Variant(
                        NeighbourModel.Rp3Beta,
                        ItemNeighbours.Rp3Beta(Liked(fitting), new Rp3BetaParameters((int)setting[2], setting[1], setting[0]), threads, ct)
                    ),
                ]
        );

    // The last half-life is none at all: a number, because settings are kept as JSON.
    public Family Popular() =>
        new(
            PopularityModel.Popular,
            data.Newest == 0 ? [] : [new Axis("halfLifeDays", [1, 3, 7, 14, 30, 60, 120, 360, 1e12], 8)],
            data.Count,
            (fitting, setting, _) =>
                [new Variant(PopularityModel.Popular, PopularityModel.Count(fitting, setting is [var half] ? half : null))]
        );

    /// <summary>What sells better than it did: for validation that asks what came last, where times are known.</summary>
    public Family Trending() =>
        new(
            PopularityModel.Trending,
            [new Axis("halfLifeDays", [1, 3, 7, 14], 2), new Axis("longHalfLifeDays", [30, 90, 360], 1)],
            2.0 * data.Count,
            (fitting, setting, _) => [new Variant(PopularityModel.Trending, PopularityModel.Trend(Liked(fitting), setting[0], setting[1]))]
        );

    /// <summary>What the user had before: for baskets.</summary>
    public Family Personal() =>
        new(
            PersonalModel.Name,
            [new Axis("decay", [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1], 4)],
            data.Count,
            (fitting, setting, _) => [new Variant(PersonalModel.Name, new PersonalModel(fitting.Items, setting[0]))]
        );

    public Family NeighbourUsers() =>
        new(
            Algorithms.NeighbourUsers.Name,
            [new Axis("neighbours", [30, 100, 300, 900], 2), new Axis("decay", [0.7, 0.9, 1], 1)],
            data.Count,
            (fitting, setting, _) =>
                [new Variant(Algorithms.NeighbourUsers.Name, Algorithms.NeighbourUsers.Train(fitting, (int)setting[0], setting[1]))]
        );

    public Family Sessions(string algorithm) =>
        new(
            algorithm,
            algorithm == SessionModel.Plain
                ? [new Axis("neighbours", [50, 100, 200, 500], 1)]
                :
                [
                    new Axis("nearness", [0.3, 0.5, 0.7, 0.85, 1], 2),
                    new Axis("decay", [0.3, 0.5, 0.7, 0.85, 1], 2),
                    new Axis("rarity", [0, 0.5, 1], 0),
                    new Axis("neighbours", [50, 100, 200, 500], 2),
                ],
            data.Count,
            (fitting, setting, _) =>
            {
                var parameters = setting is [var neighbours]
                    ? new SessionParameters((int)neighbours)
                    : new SessionParameters((int)setting[3], setting[1], setting[0], setting[2]);
                return [new Variant(algorithm, SessionModel.Train(algorithm, fitting, parameters))];
            }
        );

    private double PairCost
    {
        get
        {
            double pairs = 0;
            for (var user = 0; user < data.Users; user++)
            {
                pairs += Math.Pow(data.Of(user).Length, 2);
            }
            return 3 * pairs;
        }
    }
}
