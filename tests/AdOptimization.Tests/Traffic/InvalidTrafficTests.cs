using MarketingPlatform.AdOptimization.Traffic;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Traffic;

public sealed class InvalidTrafficTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_click_id_counts_once_whoever_brings_it()
    {
        var judged = InvalidTraffic.Judge([Visit(1, 60, "a"), Visit(0, 0, "a"), Visit(0, 120, "b"), Visit(0, 180, ""), Visit(0, 400, "")]);
        Assert.Equal([null, InvalidTraffic.RepeatedId, null, null, null], judged.Select(j => j.Invalid));
    }

    [Fact]
    public void What_is_beyond_five_clicks_in_a_minute_is_a_burst()
    {
        var judged = InvalidTraffic.Judge(Enumerable.Range(0, 8).Select(i => Visit(0, 5 * i, $"c{i}")).Append(Visit(0, 300, "late")));
        Assert.Equal(3, judged.Count(j => j.Invalid == InvalidTraffic.Burst));
        Assert.Null(judged[^1].Invalid);
    }

    [Fact]
    public void What_is_beyond_thirty_clicks_of_a_person_in_a_day_is_an_impossible_rate()
    {
        var judged = InvalidTraffic.Judge(Enumerable.Range(0, 40).Select(i => Visit(0, 300 * i, $"c{i}")));
        Assert.Equal(10, judged.Count(j => j.Invalid == InvalidTraffic.ImpossibleRate));
        Assert.All(judged.Take(30), j => Assert.Null(j.Invalid));
    }

    [Fact]
    public void A_crawler_takes_no_click_id_from_a_person()
    {
        var judged = InvalidTraffic.Judge([Visit(0, 0, "a") with { IsMachine = true }, Visit(1, 10, "a")]);
        Assert.Equal([InvalidTraffic.Crawler, null], judged.Select(j => j.Invalid));
    }

    private static VisitSeen Visit(int person, int seconds, string click) =>
        new(
            new Guid(person, 0, 0, new byte[8]),
            Noon.AddSeconds(seconds),
            DateOnly.FromDateTime(Noon.AddSeconds(seconds).DateTime),
            click.Length > 0 ? "gclid" : "",
            click,
            "search",
            "spring",
            false
        );
}
