using MarketingPlatform.Email.Campaigns.Results;
using Xunit;

namespace MarketingPlatform.Email.Tests.Campaigns.Results;

public class ThompsonAnalysisTests
{
    private const long People = 2_000;

    private static IEnumerable<UnitRow> Batch(int batch, double shareOfB, double clicksOfA, double clicksOfB, string segment = "") =>
        Arm("a", batch, 1 - shareOfB, clicksOfA, segment).Concat(Arm("b", batch, shareOfB, clicksOfB, segment));

    private static UnitRow[] Arm(string arm, int batch, double share, double clicks, string segment)
    {
        var people = (long)Math.Round(People * share);
        var clicked = (long)Math.Round(people * clicks);
        return
        [
            new(arm, segment, "test", true, false, 0, 0, false, false, clicked, batch, share),
            new(arm, segment, "test", false, false, 0, 0, false, false, people - clicked, batch, share),
        ];
    }

    private static ExperimentReport Of(params IEnumerable<UnitRow>[] batches) =>
        ThompsonAnalysis.Of("clicks", ["a", "b"], 6_000, batches.SelectMany(batch => batch));

    [Fact]
    public void Shares_that_moved_are_no_alarm_and_do_not_make_the_better_variant_of_a_bad_day_look_worse()
    {
        // On the first day everybody clicks much, on later ones little, and then nearly all get b: b is as good as a on each day.
        var report = Of(Batch(0, 0.5, 0.20, 0.20), Batch(1, 0.9, 0.05, 0.05), Batch(2, 0.9, 0.05, 0.05));

        Assert.False(report.SampleRatioAlarm);
        Assert.Null(report.Winner);
        var arms = report.Metrics[0].Arms;
        Assert.Equal(0.10, arms[0].Mean, 9);
        Assert.Equal(0.10, arms[1].Mean, 9);
        Assert.Equal(0, arms[1].Lift!.Value, 9);
        Assert.InRange(0, arms[1].Lower!.Value, arms[1].Upper!.Value);
        Assert.NotEmpty(report.Metrics[0].Notes);
        // What plain means would have said, and with certainty: b is far worse.
        var plain = report.Plain!.Single(metric => metric.Metric == "clicks").Arms[1];
        Assert.True(plain.Upper < -0.03, $"{plain.Lift} ({plain.Lower} to {plain.Upper})");
    }

    [Fact]
    public void A_variant_that_is_clearly_better_wins()
    {
        var report = Of(Batch(0, 0.5, 0.05, 0.10), Batch(1, 0.8, 0.05, 0.10), Batch(2, 0.95, 0.05, 0.10));

        Assert.Equal(("b", "b"), (report.Winner, report.Leader));
        Assert.Equal(0.05, report.Metrics[0].Arms[1].Lift!.Value, 9);
        Assert.StartsWith(
            "b wins: it brings 5.00 more clicks by people per 100 recipients than a (",
            report.Sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_batch_that_was_dealt_out_otherwise_than_decided_is_an_alarm()
    {
        var wrong = Batch(1, 0.5, 0.05, 0.10).Select(row => row.Arm == "b" ? row with { People = row.People / 2 } : row);

        var report = Of(Batch(0, 0.5, 0.05, 0.10), wrong);

        Assert.True(report.SampleRatioAlarm);
        Assert.Null(report.Winner);
        Assert.StartsWith("Do not trust this test", report.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Segments_are_weighted_too()
    {
        var report = Of(
            Batch(0, 0.5, 0.05, 0.10, "new"),
            Batch(1, 0.8, 0.05, 0.10, "new"),
            Batch(0, 0.5, 0.20, 0.20, "old"),
            Batch(1, 0.8, 0.02, 0.02, "old")
        );

        Assert.Equal(["new", "old"], report.Segments.Select(one => one.Segment));
        Assert.True(report.Segments[0].Lift > report.Segments[1].Lift);
        Assert.True(report.Segments[1].Lower < 0 && report.Segments[1].Upper > 0);
    }

    /// <summary>Everybody spends what they spent before, and 5 more with b; of the second batch chance gave b the poorer ones.</summary>
    [Fact]
    public void What_people_bought_before_is_taken_out_of_revenue_but_not_of_clicks()
    {
        UnitRow Row(string arm, int batch, double share, double before, long people) =>
            new(arm, "", "test", before > 20, true, before + (arm == "b" ? 5 : 0), before, false, false, people, batch, share);
        UnitRow[] rows =
        [
            .. new[] { "a", "b" }.SelectMany(arm => new[] { Row(arm, 0, 0.5, 10, 500), Row(arm, 0, 0.5, 30, 500) }),
            Row("a", 1, 0.2, 10, 100),
            Row("a", 1, 0.2, 30, 300),
            Row("b", 1, 0.8, 10, 1_000),
            Row("b", 1, 0.8, 30, 600),
        ];

        var report = ThompsonAnalysis.Of("revenue", ["a", "b"], 4_000, rows);
        var blind = ThompsonAnalysis.Of("revenue", ["a", "b"], 4_000, rows.Select(row => row with { Earlier = 0 }));

        var (revenue, clicks) = (
            report.Metrics.Single(one => one.Metric == "revenue"),
            report.Metrics.Single(one => one.Metric == "clicks")
        );
        Assert.Equal((true, false), (revenue.Cuped, clicks.Cuped));
        Assert.Equal(5, revenue.Arms[1].Lift!.Value, 9);
        Assert.Equal(2, revenue.Notes.Count);
        Assert.Equal("b", report.Winner);
        var plain = blind.Metrics.Single(one => one.Metric == "revenue");
        Assert.False(plain.Cuped);
        Assert.True(plain.Arms[1].Lift < 3, $"{plain.Arms[1].Lift}");
        Assert.True(
            revenue.Arms[1].Upper - revenue.Arms[1].Lower < 0.9 * (plain.Arms[1].Upper - plain.Arms[1].Lower),
            $"{revenue.Arms[1].Lower} to {revenue.Arms[1].Upper} beside {plain.Arms[1].Lower} to {plain.Arms[1].Upper}"
        );
    }

    [Fact]
    public void Before_anybody_got_it_nothing_is_said()
    {
        var report = Of();

        Assert.Equal("Nobody has got it yet.", report.Sentence);
        Assert.Equal((null, null), (report.Winner, report.Leader));
    }
}
