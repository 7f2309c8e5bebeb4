using MarketingPlatform.AdOptimization.Creatives;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Creatives;

public sealed class CreativeDecisionTests
{
    private static readonly DateOnly Start = new(2026, 1, 1);
    private static readonly string[] Names = ["a", "b", "c"];

    [Theory]
    [InlineData("split")]
    [InlineData("thompson")]
    public void Looked_at_every_day_the_worst_is_paused_with_a_reason_and_the_best_is_not(string method)
    {
        var (bestPaused, worstPaused) = (0, 0);
        for (var run = 0; run < 8; run++)
        {
            var arms = Run(
                Test(method),
                run,
                15,
                (_, creative, _) =>
                    creative switch
                    {
                        "a" => 0.010,
                        "b" => 0.013,
                        _ => 0.008,
                    }
            );
            bestPaused += arms.Count(a => a is { Creative: "b", Status: CreativeArm.Paused });
            worstPaused += arms.Count(a => a is { Creative: "c", Status: CreativeArm.Paused });
            Assert.All(
                arms.Where(a => a.Status == CreativeArm.Paused),
                a => Assert.Matches("clicks by showing against .* of '[abc]'", a.Reason!)
            );
            Assert.All(arms.GroupBy(a => a.Segment), s => Assert.Equal(1, s.Sum(a => a.Share), 9));
        }
        // Two segments a run.
        Assert.InRange(bestPaused, 0, 1);
        Assert.InRange(worstPaused, 13, 16);
    }

    [Theory]
    [InlineData("split", 1)]
    [InlineData("thompson", 5)]
    public void Equal_creatives_are_seldom_told_apart_though_days_differ_and_one_looks_daily(string method, int most)
    {
        var paused = 0;
        for (var run = 0; run < 8; run++)
            paused += Run(Test(method), 1_000 + run, 15, (_, _, day) => day % 7 > 4 ? 0.02 : 0.01).Any(a => a.Status == CreativeArm.Paused)
                ? 1
                : 0;
        // 8 runs of two segments with three creatives each; an equal one that is paused loses nothing.
        Assert.InRange(paused, 0, most);
    }

    [Fact]
    public void Each_segment_finds_its_own_best()
    {
        var arms = Run(Test("thompson"), 7, 20, (segment, creative, _) => (segment == "new") == (creative == "a") ? 0.015 : 0.009);

        var best = arms.GroupBy(a => a.Segment).ToDictionary(s => s.Key!, s => s.MaxBy(a => a.Share)!.Creative);
        Assert.Equal("a", best["new"]);
        Assert.NotEqual("a", best["lapsed"]);
    }

    [Fact]
    public void A_segment_that_has_seen_little_begins_with_what_the_others_found()
    {
        CreativeDay[] days =
        [
            .. new[] { "s1", "s2", "s3", "s4" }.SelectMany(s =>
                new[] { Day(s, "a", 0, 50_000, 500), Day(s, "b", 0, 50_000, 800), Day(s, "c", 0, 50_000, 500) }
            ),
            Day("small", "a", 0, 100, 1),
            Day("small", "b", 0, 100, 1),
            Day("small", "c", 0, 100, 1),
        ];

        var arms = CreativeDecision.Decide(Test("thompson"), days, [], Start.AddDays(1)).Where(a => a.Segment == "small").ToArray();

        Assert.InRange(arms.Single(a => a.Creative == "b").Share, 0.7, 1);
    }

    [Fact]
    public void By_value_a_creative_that_sells_dearer_things_wins_over_one_that_sells_more_often()
    {
        CreativeDay[] days =
        [
            Day("new", "a", 0, 50_000, 900, 120, 1_200),
            Day("new", "b", 0, 50_000, 900, 80, 3_200),
            Day("new", "c", 0, 50_000, 900, 80, 800),
        ];

        var arms = CreativeDecision.Decide(Test("thompson") with { Metric = CreativeMetrics.Value }, days, [], Start.AddDays(1));

        Assert.Equal("b", arms.MaxBy(a => a.Share)!.Creative);
        Assert.Contains("a conversion worth", arms.Single(a => a.Creative == "c").Reason!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_creative_shown_most_on_good_days_does_not_look_better_for_it()
    {
        // Both click at 1 % on weekdays and 3 % on Sundays; b is shown nine times as often on Sundays.
        var counts = new List<CreativeEvidence.Count>();
        for (var day = 0; day < 28; day++)
        {
            var (rate, shownB) = day % 7 == 6 ? (0.03, 9_000) : (0.01, 1_000);
            counts.Add(new("a", Start.AddDays(day), 10_000 - shownB, (10_000 - shownB) * rate, 1));
            counts.Add(new("b", Start.AddDays(day), shownB, shownB * rate, 1));
        }

        var evidence = CreativeEvidence.Of(counts);

        Assert.Equal(evidence["a"].Rate, evidence["b"].Rate, 4);
    }

    [Fact]
    public void A_resumed_creative_is_judged_by_what_comes_after()
    {
        CreativeDay[] old = [Day("new", "a", 0, 50_000, 900), Day("new", "b", 0, 50_000, 300), Day("new", "c", 0, 50_000, 850)];
        var before = CreativeDecision.Decide(Test("thompson"), old, [], Start.AddDays(1));
        Assert.Equal(CreativeArm.Paused, before.Single(a => a.Creative == "b").Status);

        var back = before.Select(a => a.Creative == "b" ? a with { Status = CreativeArm.Active, Since = Start.AddDays(2) } : a).ToArray();
        var after = CreativeDecision.Decide(Test("thompson"), [.. old, Day("new", "b", 2, 1_000, 18)], back, Start.AddDays(3));

        var b = after.Single(a => a.Creative == "b");
        Assert.Equal((CreativeArm.Active, 1_000L), (b.Status, b.Impressions));
        Assert.InRange(b.Share, 0.05, 0.95);
    }

    [Fact]
    public void The_last_one_is_never_paused()
    {
        CreativeDay[] days = [Day("new", "a", 0, 90_000, 1), Day("new", "b", 0, 90_000, 4_000), Day("new", "c", 0, 90_000, 1)];

        var arms = CreativeDecision.Decide(Test("thompson"), days, [], Start.AddDays(1));

        Assert.Equal(["b"], arms.Where(a => a.Status == CreativeArm.Active).Select(a => a.Creative));
        Assert.Equal(1, arms.Single(a => a.Creative == "b").Share);
    }

    /// <summary>Each day's showings follow the shares decided the evening before; two segments.</summary>
    private static IReadOnlyList<CreativeArm> Run(CreativeTest test, int seed, int days, Func<string, string, int, double> rate)
    {
        var random = new Random(seed);
        IReadOnlyList<CreativeArm> arms = [];
        var seen = new List<CreativeDay>();
        for (var day = 0; day < days; day++)
        {
            foreach (var segment in new[] { "new", "lapsed" })
            foreach (var creative in Names)
            {
                var share = arms.SingleOrDefault(a => a.Segment == segment && a.Creative == creative)?.Share ?? 1.0 / 3;
                var shown = (long)(18_000 * share);
                // Binomial of many showings and a small rate.
                var mean = shown * rate(segment, creative, day);
                var clicks = (long)Math.Clamp(Math.Round(mean + Math.Sqrt(mean) * Normal(random)), 0, shown);
                seen.Add(Day(segment, creative, day, shown, clicks));
            }
            arms = CreativeDecision.Decide(test, seen, arms, Start.AddDays(day + 1));
        }
        return arms;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static CreativeDay Day(
        string segment,
        string creative,
        int day,
        long shown,
        long clicks,
        long conversions = 0,
        decimal? value = null
    ) => new(segment, creative, Start.AddDays(day), 10, "EUR", shown, clicks, conversions, value, null);

    private static CreativeTest Test(string method) =>
        new(Guid.Empty, "t", "social", "spring", "", CreativeMetrics.Clicks, method, Names, 0.05, 28, Start, 1, default, null);
}
