using MarketingPlatform.Recommendation.Models;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class TrainingStateTests
{
    private static readonly RecommendationOptions Options = new();
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_new_trains_nothing() => Assert.False(new TrainingState(false, 0, null, null, null, 0).IsDue(Now, Options));

    [Fact]
    public void A_request_trains_at_once() => Assert.True(new TrainingState(true, 0, Now, Now, Now, 100).IsDue(Now, Options));

    [Fact]
    public void The_first_training_waits_until_orders_are_quiet_but_not_for_ever()
    {
        Assert.False(State(first: 10, last: 1).IsDue(Now, Options));
        Assert.True(State(first: 10, last: 6).IsDue(Now, Options));
        Assert.True(State(first: 61, last: 0).IsDue(Now, Options));
    }

    [Fact]
    public void A_later_training_waits_for_the_interval_unless_orders_grew_by_a_fifth()
    {
        Assert.False((State(30, 10) with { TrainedAt = Now.AddMinutes(-9), TrainedOrders = 1_000, NewOrders = 199 }).IsDue(Now, Options));
        Assert.True((State(30, 10) with { TrainedAt = Now.AddMinutes(-9), TrainedOrders = 1_000, NewOrders = 200 }).IsDue(Now, Options));
        Assert.True((State(30, 10) with { TrainedAt = Now.AddMinutes(-10), TrainedOrders = 1_000, NewOrders = 1 }).IsDue(Now, Options));
    }

    private static TrainingState State(int first, int last) => new(false, 1, Now.AddSeconds(-first), Now.AddSeconds(-last), null, 0);
}
