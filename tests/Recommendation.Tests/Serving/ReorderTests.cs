using MarketingPlatform.Recommendation.Serving;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class ReorderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Due_after_its_period_and_less_so_before_and_after()
    {
        var due = Score(daysAgo: 30)!.Value;

        Assert.True(due > Score(daysAgo: 20) && due > Score(daysAgo: 50));
        Assert.Equal(Score(daysAgo: 15)!.Value, Score(daysAgo: 60)!.Value, 9);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(200)]
    public void Just_bought_or_given_up_is_not_due(int daysAgo) => Assert.Null(Score(daysAgo));

    [Fact]
    public void Bought_once_has_no_period() => Assert.Null(Reorder.Due(new Purchase("tea", Now.AddDays(-30), 1, Now.AddDays(-30)), Now));

    // Four orders, 30 days apart.
    private static double? Score(int daysAgo) =>
        Reorder.Due(new Purchase("tea", Now.AddDays(-daysAgo), 4, Now.AddDays(-daysAgo - 90)), Now)?.Score;
}
