using CsCheck;
using MarketingPlatform.Email.Sending.Timing;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending.Timing;

public sealed class SendTimeTests
{
    private static OpensByHour Opens(params (int Hour, double Count)[] opens)
    {
        var counts = new double[OpensByHour.Hours];
        foreach (var (hour, count) in opens)
            counts[hour] += count;
        return new(counts);
    }

    private static int Peak(double[] curve) => Array.IndexOf(curve, curve.Max());

    [Fact]
    public void A_curve_is_a_distribution_whatever_is_known() =>
        Gen.Select(Gen.Double[0, 50].Array[24], Gen.Double[0, 50].Array[24], Gen.Double[0, 50].Array[24])
            .Sample(
                (own, segment, everybody) =>
                {
                    var curve = SendTime.Curve(new(own), new(segment), new(everybody));
                    Assert.Equal(1, curve.Sum(), 9);
                    Assert.All(curve, p => Assert.True(p > 0));
                }
            );

    [Fact]
    public void Who_never_opened_is_mailed_when_their_segment_opens_and_a_new_segment_when_everybody_does()
    {
        var everybody = Opens((9, 300), (20, 100));
        var evening = Opens((20, 200));

        Assert.Equal(20, Peak(SendTime.Curve(OpensByHour.None, evening, everybody)));
        Assert.Equal(9, Peak(SendTime.Curve(OpensByHour.None, OpensByHour.None, everybody)));
    }

    [Fact]
    public void One_odd_open_moves_nobody_and_a_habit_does()
    {
        var everybody = Opens((9, 300), (20, 100));

        Assert.Equal(9, Peak(SendTime.Curve(Opens((3, 1)), OpensByHour.None, everybody)));
        Assert.Equal(3, Peak(SendTime.Curve(Opens((3, 12)), OpensByHour.None, everybody)));
    }

    // Fifty people, each with an hour of their own and eight opens that scatter around it: the shrunken curves must find more of the
    // hours, within two, than the one best hour of all does.
    [Fact]
    public void At_fifty_people_it_finds_more_of_their_hours_than_one_hour_for_all_does()
    {
        var random = new Random(7);
        var people = Enumerable.Range(0, 50).Select(i => i % 5 < 3 ? 8 + random.Next(3) : 19 + random.Next(3)).ToArray();
        var own = people
            .Select(hour => Opens([.. Enumerable.Range(0, 8).Select(_ => ((hour + random.Next(-1, 2) + 24) % 24, 1.0))]))
            .ToArray();
        var everybody = new OpensByHour([.. Enumerable.Range(0, 24).Select(hour => own.Sum(opens => opens[hour]))]);

        int Hits(Func<int, int> chosen) => people.Where((hour, i) => Math.Abs(chosen(i) - hour) <= 1).Count();
        var forAll = Peak(SendTime.Curve(OpensByHour.None, OpensByHour.None, everybody));

        Assert.InRange(Hits(_ => forAll), 20, 35);
        Assert.InRange(Hits(i => Peak(SendTime.Curve(own[i], OpensByHour.None, everybody))), 45, 50);
    }

    [Fact]
    public void The_best_hour_is_in_the_recipients_day_and_never_a_quiet_one()
    {
        var tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");
        var curve = SendTime.Curve(Opens((22, 50), (12, 30)), OpensByHour.None, OpensByHour.None);
        var from = new DateTimeOffset(2026, 11, 23, 0, 10, 0, TimeSpan.Zero);

        Assert.Equal(new DateTimeOffset(2026, 11, 23, 13, 0, 0, TimeSpan.Zero), SendTime.Best(curve, tokyo, new(), from));
        Assert.Equal(
            new DateTimeOffset(2026, 11, 23, 3, 0, 0, TimeSpan.Zero),
            SendTime.Best(curve, tokyo, new() { From = new(21, 0), To = new(8, 0) }, from)
        );
    }
}
