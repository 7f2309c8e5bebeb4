using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Models.Algorithms;

namespace MarketingPlatform.Recommendation.Tests.Models.Algorithms;

/// <summary>Made-up customers with a taste each, and every model trained on them.</summary>
internal static class Shop
{
    public const int Items = 30;

    /// <summary>Customer u likes the items whose number leaves u mod 3 when divided by 3, and a few others.</summary>
    public static Interactions Tastes(int users = 120, int seed = 1)
    {
        var random = new Random(seed);
        return Interactions.Of(
            [
                .. Enumerable
                    .Range(0, users)
                    .Select(user =>
                        (IReadOnlyList<HistoryItem>)
                            [
                                .. Enumerable
                                    .Range(0, Items)
                                    .Where(item => random.NextDouble() < (item % 3 == user % 3 ? 0.6 : 0.08))
                                    .Select(item => new HistoryItem(item, 1, 1_700_000_000 + (86_400L * random.Next(60)))),
                            ]
                    ),
            ],
            Items
        );
    }

    public static IReadOnlyDictionary<string, Func<Interactions, IRecommender>> Models { get; } =
        new Dictionary<string, Func<Interactions, IRecommender>>
        {
            ["ease"] = d => LinearAutoencoder.Train(LinearAutoencoder.Ease, d, new(5), 1_000, 2, default),
            ["ease-some-items"] = d => LinearAutoencoder.Train(LinearAutoencoder.Ease, d, new(5), 20, 2, default),
            ["ease-sparse"] = d => LinearAutoencoder.Train(LinearAutoencoder.Ease, d, new(5), 1_000, 2, default).Sparse(10),
            ["edlae"] = d => LinearAutoencoder.Train(LinearAutoencoder.Edlae, d, new(5, 0.3), 1_000, 2, default),
            ["dlae"] = d => LinearAutoencoder.Train(LinearAutoencoder.Dlae, d, new(5, 0.3), 1_000, 2, default),
            ["ease-centred"] = d => LinearAutoencoder.TrainCentred(LinearAutoencoder.Ease, d, new(5), 1_000, 2, default),
            ["ials"] = d => Ials.Train(d, new(24, 0.1, 0.01, Epochs: 8), 2, default),
            ["itemknn"] = d => ItemNeighbours.ItemKnn(d, new(), 2, default),
            ["rp3beta"] = d => ItemNeighbours.Rp3Beta(d, new(), 2, default),
            ["sar"] = d => new FadingModel(ItemNeighbours.Jaccard(d, 2, default), 30),
            ["userknn"] = d => NeighbourUsers.Train(d, 20, 0.9),
            ["personal"] = d => new PersonalModel(d.Items, 0.9),
            ["session"] = d => SessionModel.Train(SessionModel.Session, d, new(50, 0.8, 0.7, 0.5)),
            ["sessionknn"] = d => SessionModel.Train(SessionModel.Plain, d, new()),
            ["popular"] = d => PopularityModel.Count(d, 30),
            ["trending"] = d => PopularityModel.Trend(d, 7, 30),
            ["content"] = d =>
                ContentSimilarity.Train([.. Enumerable.Range(0, d.Items).Select(i => new[] { "word" + (i % 3), "all" })], 10, default),
            ["blend"] = d => new Blend([
                new(Ials.Train(d, new(24, Epochs: 4), 2, default), 1),
                new(PopularityModel.Count(d), 0.2f),
                new(ItemNeighbours.ItemKnn(d, new(), 2, default), 0.5f),
            ]),
        };
}
