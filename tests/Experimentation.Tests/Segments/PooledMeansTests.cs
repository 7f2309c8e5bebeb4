using MarketingPlatform.Experimentation.Segments;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Segments;

public sealed class PooledMeansTests
{
    // B. Efron and C. Morris, "Stein's paradox in statistics", Scientific American 236 (1977): hits in the first 45 times at bat of 1970 of eighteen
    // players, and their averages over the rest of the season.
    private static readonly (int Hits, double Later)[] Players =
    [
        (18, .346),
        (17, .298),
        (16, .276),
        (15, .222),
        (14, .273),
        (14, .270),
        (13, .263),
        (12, .210),
        (11, .269),
        (11, .230),
        (10, .264),
        (10, .256),
        (10, .303),
        (10, .264),
        (10, .226),
        (9, .286),
        (8, .316),
        (7, .200),
    ];

    /// <summary>Published: the squared errors of the averages themselves sum to .077 and those of the James–Stein estimates to .022; Clemente's .400 becomes .290.</summary>
    [Fact]
    public void Eighteen_players_are_foretold_as_well_as_by_Stein()
    {
        var pooled = PooledMeans.Of([.. Players.Select(p => new GroupSums(45, p.Hits, p.Hits))]);

        var raw = Players.Sum(p => Math.Pow(p.Hits / 45.0 - p.Later, 2));
        var error = Players.Zip(pooled.Segments, (p, s) => Math.Pow(s.Effect - p.Later, 2)).Sum();
        Assert.InRange(raw, .075, .078);
        Assert.InRange(error, .019, .026);
        Assert.InRange(pooled.Segments[0].Effect, .27, .31);
        // Nine in ten, of eighteen: fifteen or more.
        Assert.True(Players.Zip(pooled.Segments).Count(p => p.Second.Lower <= p.First.Later && p.First.Later <= p.Second.Upper) >= 15);
    }

    [Fact]
    public void A_large_group_speaks_for_itself_and_a_group_without_an_event_has_an_interval()
    {
        var pooled = PooledMeans.Of([new(200_000, 20_000, 20_000), new(150_000, 3_000, 3_000), new(180_000, 9_000, 9_000), new(50, 0, 0)]);

        Assert.Equal(0.1, pooled.Segments[0].Effect, 3);
        Assert.True(pooled.Segments[0].Weight > 0.99);
        Assert.True(pooled.Segments[3].Upper > pooled.Segments[3].Lower + 0.01);
    }

    [Fact]
    public void Groups_that_are_all_alike_are_one()
    {
        var pooled = PooledMeans.Of([new(10, 50, 250), new(40, 200, 1_000), new(5, 25, 125)]);

        Assert.All(pooled.Segments, s => Assert.Equal(5, s.Effect, 4));
    }

    [Fact]
    public void A_single_event_and_no_event_at_all_leave_much_open()
    {
        var one = PooledMeans.Of([new(1, 35, 35 * 35)]).Segments[0];
        Assert.True(one.Lower < 0 && one.Upper > 70, $"{one}");
        var all = PooledMeans.Of([new(10, 10, 10)]).Segments[0];
        Assert.True(all.Upper - all.Lower > 0.05, $"{all}");
        // No order among 1,000 customers, where an order is worth 50: up to about 3/n (the rule of three).
        var none = PooledMeans.Of([new(1_000, 0, 0)], eventSize: 50).Segments[0];
        Assert.InRange(none.Upper, 0.05, 0.25);
    }

    [Fact]
    public void No_group_and_an_empty_group_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PooledMeans.Of([]));
        Assert.Throws<ArgumentException>(() => PooledMeans.Of([new GroupSums(0, 0, 0)]));
    }
}
