using MarketingPlatform.AdOptimization.Budget;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

public sealed class StopLossTests
{
    private static readonly StopLossRule Rule = new(0.2, 14);

    [Fact]
    public void A_cell_that_surely_returns_less_than_the_least_gets_nothing_at_once_and_says_why()
    {
        var decision = BudgetDecision.Decide(Question(Cell("bad", 0), Cell("good", 3), Cell("fair", 2)));

        var bad = decision.Single(c => c.Belief.History.Cell.Channel == "bad");
        Assert.Equal((0L, BudgetLimit.Stopped), (bad.Amount, bad.Limit));
        Assert.Contains("below the stop-loss of 0.2", Explanation.Of(bad, Question(), "EUR"), StringComparison.Ordinal);
        // Its part goes to the others in proportion; from there the maximum daily change holds.
        Assert.Equal(9_000, decision.Sum(c => c.Amount));
        Assert.All(decision.Where(c => c.Limit != BudgetLimit.Stopped), c => Assert.InRange(c.Amount, 3_600, 5_400));
    }

    [Fact]
    public void Little_spend_late_reports_and_unknown_values_stop_nothing()
    {
        Assert.NotNull(Of(Cell("a", 0), 1, 4_000));
        Assert.Null(Of(Cell("a", 0, spend: 1), 1, 4_000));
        Assert.Null(Of(Cell("a", 0), 0.01, 4_000));
        Assert.Null(Of(Cell("a", 0), 1, null));

        static string? Of(CellHistory cell, double reported, double? worth) =>
            StopLoss.Of(cell, worth, Rule, new(28, [.. Enumerable.Repeat(reported, 30)]));
    }

    [Fact]
    public void Where_every_cell_would_be_stopped_none_is()
    {
        var decision = BudgetDecision.Decide(Question(Cell("a", 0, value: 1), Cell("b", 0, value: 1)));
        Assert.Equal(9_000, decision.Sum(c => c.Amount));
    }

    private static BudgetQuestion Question(params CellHistory[] cells) =>
        new(9_000, cells, cells.ToDictionary(c => c.Cell, _ => 3_000L), 0.02, 0.2, 32, 1, LearningRules.Standard, Rule);

    /// <summary>Two weeks at 50 a day; a conversion is worth 40.</summary>
    private static CellHistory Cell(string channel, long conversions, decimal spend = 50, decimal? value = null) =>
        new(
            new(channel, "", ""),
            [.. Enumerable.Range(1, 14).Select(age => new CellDay(age, spend, 5_000, 100, conversions, value ?? 40 * conversions))]
        );
}
