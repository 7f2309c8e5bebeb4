using MarketingPlatform.Segmentation.Rfm;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rfm;

public sealed class RfmScoringTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ten_different_values_fall_into_five_equal_groups()
    {
        var scores = RfmScoring.Scores(Enumerable.Range(1, 10).ToList(), v => v);

        Assert.Equal([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], Enumerable.Range(1, 10).Select(v => scores[v]));
    }

    [Fact]
    public void Equal_values_get_equal_scores_by_how_many_are_strictly_worse()
    {
        int[] values = [1, 1, 1, 1, 1, 1, 2, 2, 3, 9];

        var scores = RfmScoring.Scores(values, v => v);

        Assert.Equal(1, scores[1]); // nobody is worse
        Assert.Equal(4, scores[2]); // 1 + 5 × 6 / 10
        Assert.Equal(5, scores[3]); // 1 + 5 × 8 / 10
        Assert.Equal(5, scores[9]); // 1 + ⌊5 × 9 / 10⌋
    }

    [Fact]
    public void One_customer_alone_scores_one() => Assert.Equal([1], RfmScoring.Scores([7], v => v).Values);

    [Fact]
    public void Refunds_lower_money_and_a_wholly_refunded_order_does_not_count()
    {
        var score = Assert.Single(
            RfmScoring.Score(
                [Order("ann", "o1", 40, 100), Order("ann", "o2", 10, 60), Order("ann", "o3", 5, 20)],
                [Refund("o3", 20), Refund("o1", 30), Refund(null, 5)],
                TimeZoneInfo.Utc
            )
        );

        Assert.Equal((2, 125m, 5), (score.Frequency, score.Monetary, score.RecencyDays));
    }

    [Theory]
    [InlineData("o1", 100)]
    [InlineData(null, 100)]
    [InlineData(null, 130)]
    public void Who_got_all_money_back_is_not_scored(string? order, int amount) =>
        Assert.Empty(RfmScoring.Score([Order("ann", "o1", 3, 100)], [Refund(order, amount)], TimeZoneInfo.Utc));

    [Fact]
    public void Orders_in_another_currency_than_most_count_but_add_no_money()
    {
        var scores = RfmScoring.Score(
            [Order("ann", "o1", 9, 100), Order("ann", "o2", 9, 50), Order("bob", "o3", 1, 5000, "JPY")],
            [Refund(null, 20, "JPY")],
            TimeZoneInfo.Utc
        );

        Assert.Equal([("ann", 2, 150m), ("bob", 1, 0m)], scores.Select(s => (s.Customer, s.Frequency, s.Monetary)));
    }

    private static RfmRefund<string> Refund(string? order, decimal amount, string currency = "EUR") => new("ann", order, amount, currency);

    private static RfmOrder<string> Order(string customer, string id, int daysAgo, decimal total, string currency = "EUR") =>
        new(customer, id, Now.AddDays(-daysAgo), total, currency);
}
