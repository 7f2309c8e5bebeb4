using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Results;
using Xunit;

namespace MarketingPlatform.Email.Tests.Campaigns.Results;

public class CampaignAnalysisTests
{
    private static UnitRow Row(
        string arm,
        long people,
        bool clicked = false,
        double revenue = 0,
        double earlier = 0,
        string segment = "",
        bool left = false
    ) => new(arm, segment, "test", clicked, revenue > 0, revenue, earlier, left, false, people);

    private static ExperimentReport Of(string metric, int planned, params UnitRow[] rows) =>
        CampaignAnalysis.Of(metric, ["a", "b"], [1, 1], planned, rows);

    [Fact]
    public void A_variant_that_is_clearly_better_wins_and_the_sentence_says_by_how_much()
    {
        var report = Of("clicks", 10_000, Row("a", 4_900), Row("a", 100, true), Row("b", 4_800), Row("b", 200, true));

        Assert.Equal("b", report.Winner);
        Assert.StartsWith(
            "b wins: it brings 2.00 more clicks by people per 100 recipients than a (",
            report.Sentence,
            StringComparison.Ordinal
        );
        var arm = report.Metrics[0].Arms[1];
        Assert.Equal(0.02, arm.Lift!.Value, 6);
        Assert.True(arm.Lower > 0 && arm.Upper < 0.04);
        Assert.True(arm.ChanceToWin > 0.99);
    }

    [Fact]
    public void The_control_wins_too_where_it_is_better()
    {
        var report = Of("clicks", 10_000, Row("a", 4_800), Row("a", 200, true), Row("b", 4_900), Row("b", 100, true));

        Assert.Equal("a", report.Winner);
    }

    [Fact]
    public void A_small_difference_is_left_open_in_words()
    {
        var report = Of("clicks", 2_000, Row("a", 970), Row("a", 30, true), Row("b", 965), Row("b", 35, true));

        Assert.Null(report.Winner);
        Assert.Equal("b", report.Leader);
        Assert.StartsWith(
            "No variant is clearly better yet: b is 0.50 clicks by people per 100 recipients ahead of a",
            report.Sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Unequal_arms_raise_an_alarm_and_nobody_wins()
    {
        var report = Of("clicks", 10_000, Row("a", 5_900), Row("a", 100, true), Row("b", 3_800), Row("b", 200, true));

        Assert.True(report.SampleRatioAlarm);
        Assert.Null(report.Winner);
        Assert.StartsWith("Do not trust this test", report.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_that_drives_people_away_cannot_win()
    {
        var report = Of(
            "clicks",
            10_000,
            Row("a", 4_890),
            Row("a", 100, true),
            Row("a", 10, left: true),
            Row("b", 4_600),
            Row("b", 250, true),
            Row("b", 150, left: true)
        );

        Assert.True(report.Guardrails.Single(guard => guard.Guardrail == "unsubscribes").Harms);
        Assert.NotEqual("b", report.Winner);
        Assert.Contains("b makes more people unsubscribe than a", report.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_people_bought_before_takes_out_noise()
    {
        List<UnitRow> rows = [];
        foreach (var arm in new[] { "a", "b" })
            for (var i = 0; i < 400; i++)
                rows.Add(Row(arm, 1, revenue: 1 + i % 40 + (arm == "b" ? 1 : 0) + 0.3 * (i % 3), earlier: 1 + i % 40));
        var plain = CampaignAnalysis.Of("revenue", ["a", "b"], [1, 1], 800, rows.Select(row => row with { Earlier = 0 }));

        var report = CampaignAnalysis.Of("revenue", ["a", "b"], [1, 1], 800, rows);

        Assert.True(report.Metrics[2].Cuped);
        Assert.False(plain.Metrics[2].Cuped);
        Assert.Equal("b", report.Winner);
        Assert.Null(plain.Winner);
    }

    [Fact]
    public void A_segment_of_few_is_pulled_towards_all_further_than_one_of_many()
    {
        var report = Of(
            "clicks",
            20_000,
            Row("a", 4_900, segment: "many"),
            Row("a", 100, true, segment: "many"),
            Row("b", 4_850, segment: "many"),
            Row("b", 150, true, segment: "many"),
            Row("a", 95, segment: "few"),
            Row("a", 5, true, segment: "few"),
            Row("b", 98, segment: "few"),
            Row("b", 2, true, segment: "few")
        );

        var (few, many) = (report.Segments.Single(one => one.Segment == "few"), report.Segments.Single(one => one.Segment == "many"));
        Assert.True(few.Lift > -0.03);
        Assert.True(many.Weight > few.Weight);
        Assert.Equal(200, few.People);
    }

    [Fact]
    public void Held_out_people_and_those_who_waited_are_no_part_of_the_test()
    {
        var report = Of(
            "clicks",
            200,
            Row("a", 100),
            Row("b", 100),
            new UnitRow(null, "", "test", false, true, 10, 0, false, false, 50),
            new UnitRow("b", "", "roll", true, false, 0, 0, false, false, 500)
        );

        Assert.Equal([100, 100], report.Arms.Select(arm => arm.People));
        Assert.StartsWith("Too little has happened", report.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void With_one_variant_there_is_no_test() => Assert.Null(CampaignAnalysis.Of("clicks", ["a"], [1], 100, [Row("a", 100)]).Leader);

    [Fact]
    public void Of_few_people_no_more_than_a_hundred_of_a_hundred_are_thought_possible()
    {
        var report = Of("clicks", 5_000, Row("a", 15), Row("a", 16, true), Row("b", 15), Row("b", 14, true));

        Assert.True(report.Metrics[0].Arms[1].Upper > 1);
        Assert.Contains("anything from -100.00 to 100.00 is possible", report.Sentence, StringComparison.Ordinal);
    }
}
