using MarketingPlatform.AdOptimization.Incrementality;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Incrementality;

public sealed class HoldOutAnalysisTests
{
    private static readonly DateOnly Start = new(2026, 2, 1);

    [Fact]
    public void Nine_of_ten_intervals_hold_what_ads_truly_caused_though_regions_differ()
    {
        var held = 0;
        for (var run = 0; run < 200; run++)
        {
            var test = Test(run, 24);
            var result = HoldOutAnalysis.Of(test, Days(test, 60, new Random(run)), null).Result!;
            // 60 a day in 12 regions on 28 days.
            held += result.Lower <= 20_160 && 20_160 <= result.Upper ? 1 : 0;
        }
        Assert.InRange(held / 200.0, 0.85, 0.95);
    }

    [Fact]
    public void What_is_reported_too_much_is_worth_less_by_as_much_as_the_measure_is_sure()
    {
        var test = Test(1, 24);
        var result = HoldOutAnalysis.Of(test, Days(test, 60, new Random(1)), 40_320).Result!;

        Assert.InRange(result.Factor!.Value, 0.4, 0.75);
        Assert.Equal(12 * 28 * 10, result.Spend);
        Assert.InRange(result.Roi!.Value, result.RoiLower!.Value, result.RoiUpper!.Value);
        Assert.Contains("the platform reports 40320", result.Sentence, StringComparison.Ordinal);

        var vague = HoldOutAnalysis.Of(test, Days(test, 60, new Random(1), noise: 3_000), 40_320).Result!;
        Assert.InRange(vague.Factor!.Value, 0.85, 1.15);
        Assert.Contains("may as well be nothing", vague.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_regions_and_days_that_lack_are_said()
    {
        var test = Test(1, 6);
        var days = Days(test, 60, new Random(1)).Where(d => d.Region != test.Held[0]).ToArray();
        Assert.StartsWith(
            "At least 3 advertised and 3 held regions",
            HoldOutAnalysis.Of(test, days, null).Missing,
            StringComparison.Ordinal
        );

        var large = Test(1, 24);
        var leaked = Days(large, 60, new Random(1))
            .Select(d => d.Region == large.Held[0] ? d with { Spend = 5 } : d)
            .Where(d => d.Region != large.Held[1] && d.Date != Start.AddDays(3))
            .ToArray();
        var notes = HoldOutAnalysis.Of(large, leaked, null).Result!.Notes;
        Assert.Equal(3, notes.Count);
    }

    [Fact]
    public void Chance_draws_the_regions_and_the_seed_repeats_it()
    {
        string[] regions = [.. Enumerable.Range(0, 20).Select(i => $"r{i:00}")];
        var (advertised, held) = PlanHoldOut.Draw([.. regions], 0.25, new Random(5));
        Assert.Equal((15, 5), (advertised.Length, held.Length));
        Assert.Equal(regions, advertised.Concat(held).Order(StringComparer.Ordinal));
        Assert.Equal(held, PlanHoldOut.Draw([.. regions], 0.25, new Random(5)).Held);
        Assert.NotEqual(held, PlanHoldOut.Draw([.. regions], 0.25, new Random(6)).Held);
    }

    /// <summary>Regions sell 500 to 1,500 a day, 4 % more during than before; ads add the same to each advertised one.</summary>
    private static RegionDay[] Days(HoldOut test, double lift, Random random, double noise = 100) =>
        [
            .. test
                .Advertised.Concat(test.Held)
                .SelectMany(region =>
                {
                    var size = 500 + 1_000 * random.NextDouble();
                    return Enumerable
                        .Range(-28, 56)
                        .Select(day => new RegionDay(
                            Start.AddDays(day),
                            region,
                            (decimal)(
                                size * (day >= 0 ? 1.04 : 1)
                                + noise * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())
                                + (day >= 0 && test.Advertised.Contains(region) ? lift : 0)
                            ),
                            test.Advertised.Contains(region) ? 10 : 0
                        ));
                }),
        ];

    private static HoldOut Test(int seed, int regions)
    {
        var (advertised, held) = PlanHoldOut.Draw([.. Enumerable.Range(0, regions).Select(i => $"r{i:00}")], 0.5, new Random(seed));
        return new(Guid.Empty, "h", "social", "EUR", Start, Start.AddDays(27), 28, advertised, held);
    }
}
