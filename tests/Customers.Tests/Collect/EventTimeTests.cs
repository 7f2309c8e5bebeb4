using CsCheck;
using MarketingPlatform.Customers.Collect;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

public sealed class EventTimeTests
{
    private static readonly DateTimeOffset Received = Shop.Start;

    private static readonly Gen<DateTimeOffset> AnyTime = Gen.Long[0, DateTimeOffset.MaxValue.UtcTicks]
        .Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    [Fact]
    public void A_wrong_clock_is_corrected_by_the_difference_at_sending() =>
        Gen.Select(Gen.Long[-86_400 * 300, 86_400 * 300], Gen.Long[0, 86_400 * 300])
            .Where((skew, _) => Math.Abs(skew) > 5)
            .Sample(
                (skew, age) =>
                {
                    var happened = Received.AddSeconds(-age);
                    var corrected = EventTime.Of(happened.AddSeconds(skew), Received.AddSeconds(skew), Received);
                    Assert.Equal(happened, corrected);
                }
            );

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(5)]
    public void A_few_seconds_are_the_time_on_the_wire(int seconds) =>
        Assert.Equal(Received.AddHours(-1), EventTime.Of(Received.AddHours(-1), Received.AddSeconds(seconds), Received));

    [Fact]
    public void Whatever_the_sender_says_an_event_is_neither_in_the_future_nor_before_1970() =>
        Gen.Select(Gen.Nullable(AnyTime, 0.2), Gen.Nullable(AnyTime, 0.2))
            .Sample((timestamp, sentAt) => Assert.InRange(EventTime.Of(timestamp, sentAt, Received), DateTimeOffset.UnixEpoch, Received));

    [Fact]
    public void Without_a_time_it_happened_now() => Assert.Equal(Received, EventTime.Of(null, Received.AddDays(-1), Received));

    [Fact]
    public void The_empty_time_of_some_languages_is_clamped() =>
        Assert.Equal(DateTimeOffset.UnixEpoch, EventTime.Of(DateTimeOffset.MinValue, null, Received));
}
