using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Models.Algorithms;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models.Algorithms;

/// <summary>Small cases against the papers' formulas, by hand or by brute force.</summary>
public sealed class PublishedFormulaTests
{
    // Two users have a and b, one has a alone: G = [3 2; 2 2].
    private static readonly Interactions Pair = Interactions.Of(
        [
            [new(0, 1, 0), new(1, 1, 0)],
            [new(0, 1, 0), new(1, 1, 0)],
            [new(0, 1, 0)],
        ],
        2
    );

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Ease_is_minus_C_over_its_diagonal()
    {
        var model = LinearAutoencoder.Train(LinearAutoencoder.Ease, Pair, new(1), 10, 1, Ct);

        // C = inverse of [4 2; 2 3] = [3 −2; −2 4] / 8.
        Assert.Equal([0, 2 / 4f], Score(model, 0), new Near());
        Assert.Equal([2 / 3f, 0], Score(model, 1), new Near());
    }

    [Fact]
    public void Edlae_without_dropout_is_Ease()
    {
        var data = Shop.Tastes();
        var ease = LinearAutoencoder.Train(LinearAutoencoder.Ease, data, new(7), 100, 1, Ct);
        var edlae = LinearAutoencoder.Train(LinearAutoencoder.Edlae, data, new(7), 100, 1, Ct);

        Assert.Equal(Score(ease, 4), Score(edlae, 4), new Near());
    }

    [Fact]
    public void Dlae_is_the_identity_less_C_times_its_penalty()
    {
        // p = 1/2: Λ = I + diag(3, 2); C = inverse of [7 2; 2 5] = [5 −2; −2 7] / 31.
        var model = LinearAutoencoder.Train(LinearAutoencoder.Dlae, Pair, new(1, 0.5), 10, 1, Ct);

        Assert.Equal([1 - (5 / 31f * 4), 2 / 31f * 3], Score(model, 0), new Near());
    }

    [Fact]
    public void Centred_what_everybody_has_says_nothing_and_popularity_is_left()
    {
        // Everybody has a, two of three b: the covariance is [0 0; 0 2/3], so nothing is foretold from anything.
        var model = LinearAutoencoder.TrainCentred(LinearAutoencoder.Ease, Pair, new(1), 10, 1, Ct);

        Assert.Equal([1, 2 / 3f], Score(model, 0), new Near());
        Assert.Equal([1, 2 / 3f], Score(model, 1), new Near());
    }

    [Fact]
    public void Centred_two_that_exclude_each_other_speak_against_each_other()
    {
        // Means ½: covariance [½ −½; −½ ½]; with λ = 1, C = inverse of [3/2 −1/2; −1/2 3/2], B = −C(0,1)/C(1,1) = −1/3.
        var data = Interactions.Of(
            [
                [new(0, 1, 0)],
                [new(1, 1, 0)],
            ],
            2
        );

        var model = LinearAutoencoder.TrainCentred(LinearAutoencoder.Ease, data, new(1), 10, 1, Ct);

        // To b, from a: ½ + (1 − ½)·(−1/3); to a, from a, nothing of b: ½ + (0 − ½)·(−1/3).
        Assert.Equal([1 / 2f + 1 / 6f, 1 / 2f - 1 / 6f], Score(model, 0), new Near());
    }

    [Fact]
    public void Rp3beta_is_the_walk_divided_by_popularity()
    {
        var model = ItemNeighbours.Rp3Beta(Pair, new(10, Alpha: 1, Beta: 1), 1, Ct);

        // From a: (1/3)·(1/2 + 1/2) to b, divided by b's 2 users.
        Assert.Equal([0, 1 / 3f / 2], Score(model, 0), new Near());
    }

    [Fact]
    public void Jaccard_is_shared_users_over_users_of_either()
    {
        Assert.Equal([0, 2 / 3f], Score(ItemNeighbours.Jaccard(Pair, 1, Ct), 0), new Near());
    }

    [Fact]
    public void Item_knn_and_the_shop_s_co_purchase_are_the_same_formula()
    {
        var data = Shop.Tastes();
        var trainer = new CoPurchaseTrainer(new(50, 5, 2, 8, 500));
        for (var user = 0; user < data.Users; user++)
        {
            trainer.Add([.. data.Of(user).ToArray().Select(e => e.Item)]);
        }

        Assert.Equal(Score(trainer.Train(Shop.Items, Ct), 7), Score(ItemNeighbours.ItemKnn(data, new(50, 5, 8, 2), 2, Ct), 7), new Near());
    }

    [Fact]
    public void Every_epoch_of_ials_lowers_its_loss()
    {
        var data = Shop.Tastes();
        var losses = new[] { 1, 2, 4, 8 }.Select(epochs => Loss(data, new IalsParameters(24, 0.2, 0.01, Epochs: epochs))).ToArray();

        Assert.Equal(losses.OrderDescending(), losses);
        Assert.True(losses[^1] < losses[0]);
    }

    [Fact]
    public void Ials_is_the_same_for_any_number_of_threads()
    {
        var data = Shop.Tastes();

        Assert.Equal(Score(Ials.Train(data, new(24), 1, Ct), 3), Score(Ials.Train(data, new(24), 2, Ct), 3));
    }

    [Fact]
    public void What_sells_better_than_it_did_trends_and_one_visitor_cannot_make_it()
    {
        const long day = 86_400;
        // Item 0: 40 customers, evenly over 100 days. Item 1: 12 customers in the last three. Item 2: one visitor, ten thousand views.
        var users = Enumerable.Range(0, 40).Select(u => (IReadOnlyList<HistoryItem>)[new HistoryItem(0, 1, day * (1 + (u * 5 / 2)))]);
        var risen = Enumerable.Range(0, 12).Select(u => (IReadOnlyList<HistoryItem>)[new HistoryItem(1, 1, (98 * day) + (u * 3_600))]);
        var bot = Enumerable.Range(0, 10_000).Select(n => new HistoryItem(2, 1, (98 * day) + n)).ToArray();
        var data = Interactions.Of([.. users, .. risen, bot], 3).Distinct();

        var scores = Score(PopularityModel.Trend(data, 3, 30), 0);

        Assert.True(scores[1] > 3 * scores[2] && scores[1] > scores[0], string.Join(' ', scores));
    }

    [Fact]
    public void A_session_is_continued_from_where_it_ended()
    {
        // Who looks at 0 then 1 goes on to 2; who looks at 1 then 0 goes on to 3.
        var sessions = Enumerable.Range(0, 20).Select(n => n % 2 == 0 ? new[] { 5, 0, 1, 2 } : [5, 1, 0, 3]);
        var data = Interactions.Of(
            [
                .. sessions.Select(
                    (s, n) => (IReadOnlyList<HistoryItem>)[.. s.Select((item, at) => new HistoryItem(item, 1, 1 + (100 * n) + at))]
                ),
            ],
            6
        );
        var model = SessionModel.Train(SessionModel.Session, data, new(20, 0.3, 0.3));
        var scores = new float[6];

        model.Score(new History([new(0, 1, 1), new(1, 1, 2)], 3), scores);

        Assert.True(scores[2] > scores[3]);
    }

    [Fact]
    public void New_products_are_near_those_with_the_same_words()
    {
        var model = ContentSimilarity.Train(
            [
                .. new[] { "Green tea, 100 g", "Black TEA 100 g", "Steel kettle", "Tea kettle" }.Select(t =>
                    ContentSimilarity.WordsOf(t).ToArray()
                ),
            ],
            3,
            Ct
        );

        Assert.Equal(1, model.Similar(0, 1)[0].Product);
        Assert.Equal(3, model.Similar(2, 1)[0].Product);
    }

    private static double Loss(Interactions data, IalsParameters parameters)
    {
        // Users are folded in exactly, so the loss of the items' last step is measured with the best users for them.
        var model = Ials.Train(data, parameters, 2, Ct);
        double loss = 0;
        var scores = new float[data.Items];
        for (var user = 0; user < data.Users; user++)
        {
            model.Score(new History(data.Of(user), 0), scores);
            loss += scores.Sum(s => parameters.Unobserved * s * s);
            foreach (var entry in data.Of(user))
            {
                loss += Math.Pow(scores[entry.Item] - 1, 2);
            }
        }
        return loss;
    }

    private static float[] Score(IRecommender model, int item)
    {
        var scores = new float[model.Items];
        model.Score(new History([new HistoryItem(item, 1, 0)], 0), scores);
        return scores;
    }

    private sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) < 1e-4;

        public int GetHashCode(float obj) => 0;
    }
}
