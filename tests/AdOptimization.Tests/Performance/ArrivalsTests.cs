using MarketingPlatform.AdOptimization.Performance;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Performance;

public sealed class ArrivalsTests(RunningAds ads) : IClassFixture<RunningAds>
{
    [Fact]
    public async Task Each_correction_stays_known_and_tells_how_late_conversions_are_reported()
    {
        await ads.StartsOver();
        var day = ads.Service<ShopDay>();
        var first = day.Today;
        for (var n = 0; n < 12; n++)
        {
            // Half of a day's conversions are reported on it, all a day later; nothing new comes with the third sending.
            await Sends(Row(day.Today, 50), Row(day.Today.AddDays(-1), 100), Row(day.Today.AddDays(-2), 100));
            ads.Clock.Advance(TimeSpan.FromDays(1));
        }

        var versions = await ads.Db.QueryAsync<long>(
            "select conversions from performance_versions where date = @Date order by arrived_at",
            new { Date = first.AddDays(3) },
            RunningAds.Ct
        );
        Assert.Equal([50, 100], versions);
        await using var work = await ads.Db.BeginAsync(RunningAds.Ct);
        var delay = await Arrivals.DelayAsync(work, day.Today.AddDays(1), 90, day, RunningAds.Ct);
        Assert.Equal(2, delay.Count);
        Assert.All(delay, part => Assert.Equal(0.5, part, 0.01));
    }

    private Task<PerformanceResult> Sends(params PerformanceRow?[] rows) =>
        ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));

    private static PerformanceRow Row(DateOnly date, long conversions) =>
        new(date, "social", null, "new", 30, null, 10_000, 1_000, conversions, null);
}
