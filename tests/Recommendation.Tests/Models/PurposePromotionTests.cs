using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Models.Purposes;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class PurposePromotionTests
{
    [Fact]
    public void The_first_model_serves_where_it_is_not_below_its_yardstick_beyond_noise()
    {
        Assert.Equal("the first model, not below popularity", Judge(All(0.4), yardstick: 0.4, null).Because);
        Assert.True(Judge([.. Enumerable.Range(0, 100).Select(n => n % 2 == 0 ? 0.2 : 0.58)], yardstick: 0.4, null).Promote);
        var below = Judge(All(0.4), yardstick: 0.5, null);
        Assert.Equal((false, "below popularity: nDCG 0.4000 against 0.5000"), (below.Promote, below.Because));
    }

    [Fact]
    public void A_model_below_its_yardstick_does_not_serve_however_bad_the_serving_one_is() =>
        Assert.False(Judge(All(0.4), yardstick: 0.5, Serving(All(0.1), unseen: 100)).Promote);

    [Fact]
    public void What_the_serving_model_knows_by_heart_does_not_count()
    {
        // It foretells everything it learnt, and little of the forty that are new to it.
        double[] serving = [.. Enumerable.Repeat(0.1, 40), .. Enumerable.Repeat(1.0, 60)];

        var verdict = Judge(All(0.3), yardstick: 0.2, Serving(serving, unseen: 40));

        Assert.Equal(
            (true, "better than the serving model: nDCG 0.3000 against 0.1000 on 40 neither had seen"),
            (verdict.Promote, verdict.Because)
        );
    }

    [Fact]
    public void Worse_on_what_neither_had_seen_is_not_promoted_whatever_it_learnt_from()
    {
        double[] candidate = [.. Enumerable.Repeat(0.1, 40), .. Enumerable.Repeat(1.0, 60)];

        var verdict = Judge(candidate, yardstick: 0.2, Serving(All(0.3), unseen: 40));

        Assert.False(verdict.Promote);
        Assert.Equal("worse than the serving model: nDCG 0.1000 against 0.3000 on 40 neither had seen", verdict.Because);
    }

    [Fact]
    public void Within_noise_it_is_promoted_only_when_it_learnt_from_other_data()
    {
        // Better on 19, worse on 21.
        double[] candidate = [.. Enumerable.Range(0, 100).Select(n => n is 39 || n % 2 == 1 ? 0.2 : 0.4)];
        candidate[1] = 0.2;

        Assert.True(Judge(candidate, yardstick: 0.1, Serving(All(0.31), unseen: 40, otherData: true)).Promote);
        Assert.False(Judge(candidate, yardstick: 0.1, Serving(All(0.31), unseen: 40, otherData: false)).Promote);
    }

    [Fact]
    public void With_too_little_new_each_counts_by_its_own_validation()
    {
        double[] candidate = [.. Enumerable.Range(0, 100).Select(n => n % 2 == 0 ? 0.2 : 0.4)]; // 0.3, standard error 0.01

        var worse = Judge(candidate, yardstick: 0.2, Serving(All(1), unseen: 29, own: 0.35));
        Assert.False(worse.Promote);
        Assert.StartsWith(
            "worse than the serving model: nDCG 0.3000 against 0.3500, each on its own",
            worse.Because,
            StringComparison.Ordinal
        );
        Assert.True(Judge(candidate, yardstick: 0.2, Serving(All(1), unseen: 29, own: 0.32)).Promote);
        Assert.False(Judge(candidate, yardstick: 0.2, Serving(All(1), unseen: 29, own: 0.32, otherData: false)).Promote);
        Assert.True(Judge(candidate, yardstick: 0.2, Serving(All(1), unseen: 29, own: null)).Promote);
    }

    private static Verdict Judge(double[] candidate, double yardstick, ServingTrial? serving) =>
        PurposePromotion.Judge(new PurposeTrial(candidate, [.. candidate.Select(_ => yardstick)], "popularity", serving)).Verdict;

    private static ServingTrial Serving(double[] ndcg, int unseen, bool otherData = true, double? own = 0.3) =>
        new(
            ndcg,
            [.. Enumerable.Range(0, ndcg.Length).Select(n => n < unseen)],
            own is { } mean ? new PurposeMetrics(100, mean, 0.01, "popularity", 0.2) : null,
            otherData
        );

    private static double[] All(double ndcg) => [.. Enumerable.Repeat(ndcg, 100)];
}
