using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Response;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

public sealed class WeeklyPriorTests
{
    private const double FairShare = 10_000;

    /// <summary>Saturates late and returns three for one at 100 a day; a conversion is worth 50.</summary>
    private static readonly WeeklyPrior Prior = WeeklyPrior.Of(
        104,
        new(3, 2, 4),
        20_000,
        [.. Enumerable.Range(0, 100).Select(i => Curve(0.8 + 0.004 * i))],
        0.5,
        1
    );

    [Fact]
    public void A_cell_begins_half_as_its_weeks_say_and_half_as_any_other()
    {
        var known = Cell("search", 100, 6);
        var (weekly, ordinary) = (Belief(known, Cell("social", 0, 0) with { Weekly = Prior }), Belief(known, Cell("social", 0, 0)));

        Assert.Equal(WeeklyPrior.Trust, weekly.WeeklyShare, 6);
        Assert.Equal(0, ordinary.WeeklyShare);
        var said = new CurveBelief(
            weekly.History,
            [.. weekly.Shapes.Where(s => s.Weekly).Select(s => s with { Weight = 2 * s.Weight })],
            5_000
        );
        // At its usual spend, and by the shape at double that.
        Assert.InRange(said.Return(10_000) / 30_000, 0.95, 1.05);
        var bend = Curve(1);
        Assert.InRange(
            said.Return(20_000) / said.Return(10_000),
            0.9 * bend.Return(40_000) / bend.Return(20_000),
            1.1 * bend.Return(40_000) / bend.Return(20_000)
        );
    }

    [Fact]
    public void Days_that_agree_with_the_weeks_make_them_believed_and_days_that_contradict_end_it()
    {
        var agreeing = Belief(Cell("search", 100, 1), Cell("social", 100, 6) with { Weekly = Prior });
        var contradicting = Belief(Cell("search", 100, 1), Cell("social", 100, 1) with { Weekly = Prior });

        Assert.True(agreeing.WeeklyShare > 0.6, $"{agreeing.WeeklyShare}");
        Assert.True(contradicting.WeeklyShare < 0.4, $"{contradicting.WeeklyShare}");
        // Sixty days outweigh them: one conversion of 50 a day for 100.
        Assert.InRange(contradicting.Return(10_000), 4_000, 6_500);
    }

    [Fact]
    public void Where_conversions_have_no_value_weeks_tell_only_how_returns_bend()
    {
        CellHistory[] cells = [Plain("search"), Plain("social") with { Weekly = Prior }];
        var beliefs = CurveLearning.Learn(cells, FairShare, LearningRules.Standard);

        Assert.InRange(beliefs[1].Return(10_000) / beliefs[0].Return(10_000), 0.9, 1.1);
        Assert.InRange(beliefs[1].WeeklyShare, 0.2, 0.8);

        static CellHistory Plain(string channel) =>
            new(new(channel, "", ""), [.. Enumerable.Range(1, 30).Select(age => new CellDay(age, 100, 1_000, 100, 3, null))]);
    }

    private static CurveBelief Belief(params CellHistory[] cells) => CurveLearning.Learn(cells, FairShare, LearningRules.Standard)[1];

    private static HillCurve Curve(double more) => new(180_000 * more, 40_000, 1);

    private static CellHistory Cell(string channel, decimal spend, long conversions) =>
        new(
            new(channel, "", ""),
            spend == 0 ? [] : [.. Enumerable.Range(1, 60).Select(age => new CellDay(age, spend, 1_000, 100, conversions, 50 * conversions))]
        );
}
