using MarketingPlatform.Recommendation.Evaluation;
using MarketingPlatform.Recommendation.Models;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Evaluation;

public sealed class MetricsTests
{
    [Fact]
    public void A_list_is_measured_as_by_hand()
    {
        var m = RankingMetrics.Of([7, 1, 9, 2], new HashSet<int> { 1, 2, 3 }, 4);

        Assert.Equal(2 / 4.0, m.Precision, 9);
        Assert.Equal(2 / 3.0, m.Recall, 9);
        Assert.Equal(((1 / Math.Log2(3)) + (1 / Math.Log2(5))) / (1 + (1 / Math.Log2(3)) + (1 / Math.Log2(4))), m.Ndcg, 9);
        Assert.Equal(((1 / 2.0) + (2 / 4.0)) / 3, m.AveragePrecision, 9);
        Assert.Equal((1, 0.5), (m.HitRate, m.ReciprocalRank));
    }

    [Fact]
    public void The_best_scores_come_first_ties_by_number_and_what_is_left_out_never()
    {
        Assert.Equal([3, 1, 2], TopItems.Of([float.NegativeInfinity, 2, 2, 5, float.NaN, 1], 3));
        Assert.Equal([0], TopItems.Of([1, float.NegativeInfinity], 10));
        Assert.Empty(TopItems.Of([], 10));
    }

    [Fact]
    public void Lists_of_best_sellers_cover_little_are_not_novel_and_are_biased()
    {
        // Item 0 has everybody, 1 and 2 half each.
        var training = Interactions.Of(
            [
                [new(0, 1, 0), new(1, 1, 0)],
                [new(0, 1, 0), new(2, 1, 0)],
            ],
            3
        );

        var m = ListMetrics.Of(
            training,
            [0, 1],
            [
                [0],
                [0],
            ]
        );

        Assert.Equal((1 / 3.0, 0.0), (m.Coverage, m.Novelty));
        Assert.Equal(2 / 1.5, m.PopularityBias, 9);
        Assert.Equal(
            1 - (1 / Math.Sqrt(2)),
            ListMetrics
                .Of(
                    training,
                    [0],
                    [
                        [0, 1],
                    ]
                )
                .Diversity,
            9
        );
        Assert.Equal(
            1,
            ListMetrics
                .Of(
                    training,
                    [0],
                    [
                        [1, 2],
                    ]
                )
                .Diversity,
            9
        );
        Assert.Equal(
            0,
            ListMetrics
                .Of(
                    training,
                    [0],
                    [
                        [0, 1, 2],
                    ]
                )
                .Concentration,
            9
        );
    }

    [Fact]
    public void Customers_are_reported_by_how_much_they_bought()
    {
        var training = Interactions.Of(
            [
                [new(0, 1, 0)],
                [new(0, 1, 0), new(1, 1, 0)],
                [new(0, 1, 0), new(1, 1, 0), new(2, 1, 0)],
            ],
            3
        );
        var groupOf = OfflineReport.ByActivity(training);

        Assert.Equal(["light", "medium", "heavy", "new"], new[] { 0, 1, 2, -1 }.Select(groupOf));
    }
}
