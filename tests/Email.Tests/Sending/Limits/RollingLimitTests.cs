using CsCheck;
using MarketingPlatform.Email.Sending.Limits;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending.Limits;

public sealed class RollingLimitTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void No_window_ever_holds_more_than_the_limit() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 90].Array[1, 200])
            .Sample(
                (max, gaps) =>
                {
                    var limit = new RollingLimit("route x", max, TimeSpan.FromMinutes(1));
                    var book = new LimitBook([]);
                    var at = Start;
                    List<DateTimeOffset> left = [];
                    foreach (var gap in gaps)
                    {
                        at += TimeSpan.FromSeconds(gap / 10.0);
                        if (book.RoomAt(limit, at) == 0)
                            continue;
                        book.Take([limit], at);
                        left.Add(at);
                    }
                    Assert.All(left, end => Assert.True(left.Count(one => one <= end && one > end - limit.Window) <= max));
                }
            );

    [Fact]
    public void The_first_room_is_where_there_is_room_and_not_a_bucket_later()
    {
        var limit = new RollingLimit("route x", 10, TimeSpan.FromMinutes(1));
        var book = new LimitBook([]);
        book.Take([limit], Start, 10);

        var room = book.FirstRoom([limit], Start)!.Value;

        Assert.Equal(10, book.RoomAt(limit, room));
        Assert.Equal(0, book.RoomAt(limit, room - limit.Width));
        Assert.InRange(room - Start, limit.Window, limit.Window + limit.Width);
    }

    [Fact]
    public void Counts_of_before_a_restart_count()
    {
        var limit = new RollingLimit("route x", 10, TimeSpan.FromHours(1));

        var book = new LimitBook([new(limit.Key, limit.BucketOf(Start), 7)]);

        Assert.Equal(3, book.RoomAt(limit, Start.AddMinutes(30)));
        Assert.Equal(10, book.RoomAt(limit, Start.AddMinutes(66)));
    }

    [Fact]
    public void A_forecast_follows_the_tightest_limit()
    {
        var perDay = new RollingLimit("route default", 200, TimeSpan.FromDays(1));

        var last = SendForecast
            .LastLeavesAt(
                1_000,
                [
                    [perDay],
                ],
                [],
                new LimitBook([]),
                50,
                Start
            )!
            .Value;

        // 200 today, and the last 200 of 1,000 after four more windows.
        Assert.InRange((last - Start).TotalDays, 4, 4.5);
    }

    [Fact]
    public void Two_routes_together_are_through_sooner()
    {
        var slow = new RollingLimit("route slow", 100, TimeSpan.FromHours(1));
        var fast = new RollingLimit("route fast", 900, TimeSpan.FromHours(1));

        var last = SendForecast
            .LastLeavesAt(
                2_000,
                [
                    [slow],
                    [fast],
                ],
                [],
                new LimitBook([]),
                100,
                Start
            )!
            .Value;

        Assert.InRange((last - Start).TotalHours, 1, 1.2);
    }

    [Fact]
    public void Without_limits_only_speed_counts_and_without_both_nothing_is_said()
    {
        Assert.Equal(
            Start.AddSeconds(10),
            SendForecast.LastLeavesAt(
                1_000,
                [
                    [],
                ],
                [],
                new LimitBook([]),
                100,
                Start
            )
        );
        Assert.Null(
            SendForecast.LastLeavesAt(
                1_000,
                [
                    [],
                ],
                [],
                new LimitBook([]),
                null,
                Start
            )
        );
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(40, 100)]
    [InlineData(100, 200)]
    [InlineData(5_000, 10_000)]
    [InlineData(10_000, null)]
    [InlineData(30_000, null)]
    public void A_new_sender_may_double_its_best_day_until_it_is_known(int best, int? limit) =>
        Assert.Equal(limit, WarmUp.DailyLimit(best, new() { Enabled = true }));
}
