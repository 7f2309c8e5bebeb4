using MarketingPlatform.Chatbot.Understanding.Classifier;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding.Classifier;

public sealed class ModelsTests
{
    // Exclusive or: no linear model can tell these classes apart, a hidden layer can.
    private static readonly SparseRow[] Corners = [Row(1, 1, 0, 0), Row(0, 0, 1, 1), Row(1, 0, 0, 1), Row(0, 1, 1, 0)];
    private static readonly int[] Classes = [0, 0, 1, 1];

    [Fact]
    public void A_network_learns_what_no_line_parts()
    {
        var network = Network.Fit(
            Corners,
            Classes,
            2,
            4,
            new NetworkOptions(32, 400, InputDropout: 0, HiddenDropout: 0, Rate: 0.05f, Spread: 0.3f),
            1,
            null,
            TestContext.Current.CancellationToken
        );
        var linear = LinearModel.Fit(Corners, Classes, 2, 4, 1, TestContext.Current.CancellationToken);

        Assert.Equal(Classes, Corners.Select(row => Best(row, network.Score)));
        Assert.NotEqual(Classes, Corners.Select(row => Best(row, linear.Score)));
    }

    [Fact]
    public void A_linear_machine_parts_what_a_line_parts_and_says_no_to_what_is_like_neither()
    {
        var linear = LinearModel.Fit(
            [Row(1, 0, 0, 0), Row(1, 0.2f, 0, 0), Row(0, 0, 1, 0), Row(0, 0, 1, 0.2f)],
            [0, 0, 1, 1],
            2,
            4,
            1,
            TestContext.Current.CancellationToken
        );
        var margins = new float[2];

        linear.Score(Row(2, 0, 0, 0), margins);
        Assert.True(margins[0] > 0 && margins[1] < 0);
    }

    [Fact]
    public void The_same_seed_is_the_same_network_and_another_is_another()
    {
        float Logit(int seed)
        {
            var logits = new float[2];
            Network
                .Fit(Corners, Classes, 2, 4, new NetworkOptions(8, 5, 0.5f), seed, null, TestContext.Current.CancellationToken)
                .Score(Corners[0], logits);
            return logits[0];
        }

        Assert.Equal(Logit(1), Logit(1));
        Assert.NotEqual(Logit(1), Logit(2));
    }

    [Fact]
    public void Characters_have_length_one_and_words_half_and_unknown_ones_shorten_a_text()
    {
        var grams = NGrams.Fit(["where is my order", "pay by card"], NGramWeights.ForLearning);

        Assert.Equal(1.25, grams.Row("where is my order").SquaredLength, 1e-4);
        Assert.True(grams.Row("where is my zyxwv").SquaredLength < 1);
        Assert.Empty(grams.Row("ωωω").Index);
        Assert.Empty(grams.Row("").Index);
    }

    [Fact]
    public void The_blend_cools_down_members_that_are_right_less_often_than_they_say()
    {
        // Sure of class 0 by a logit of 8 (p = .9997), right in 7 of 10 cases.
        Judged[] judged = [.. Enumerable.Range(0, 200).Select(n => new Judged(n % 10 < 7 ? 0 : 1, Say(8)))];

        var blend = Blend.Fit(judged);

        Assert.True(blend.Temperature > 1);
        Assert.InRange(blend.Probabilities(Say(8))[0], 0.65, 0.75);
    }

    [Fact]
    public void The_blend_listens_to_the_member_that_is_right()
    {
        Judged[] judged =
        [
            .. Enumerable.Range(0, 100).Select(n => new Judged(n % 2, new Scores([0, 0], n % 2 == 0 ? [1, -1] : [-1, 1], null, true))),
        ];

        Assert.True(Blend.Fit(judged).Linear > 0);
    }

    [Fact]
    public void Metrics_of_a_known_case()
    {
        var metrics = IntentMetrics.Of([
            new Verdict(true, true, 0.9, 0.9, false),
            new Verdict(true, false, 0.5, 0.4, true),
            new Verdict(false, false, 0.3, 0.4, true),
            new Verdict(false, false, 0.3, 0.1, true),
        ]);

        // |0.9 − 1| and |0.5 − 0| over two; pairs: 1, 1, ½, 1.
        Assert.Equal(
            (0.5, 0.3, 0.5, 1.0, 0.875),
            (metrics.Accuracy, metrics.CalibrationError, metrics.FalseRejection, metrics.OutOfScopeRecall, metrics.OutOfScopeAuroc)
        );
    }

    private static Scores Say(float first) => new([first, 0], [0, 0], null, true);

    private static SparseRow Row(params float[] values)
    {
        var index = Enumerable.Range(0, values.Length).Where(i => values[i] != 0).ToArray();
        return new SparseRow(index, [.. index.Select(i => values[i])]);
    }

    private delegate void Scoring(SparseRow row, Span<float> scores);

    private static int Best(SparseRow row, Scoring score)
    {
        var scores = new float[2];
        score(row, scores);
        return scores[0] >= scores[1] ? 0 : 1;
    }
}
