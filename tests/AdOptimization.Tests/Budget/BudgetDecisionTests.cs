using CsCheck;
using MarketingPlatform.AdOptimization.Budget;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

public sealed class BudgetDecisionTests
{
    private const int Lots = 200;

    private static readonly Gen<CellHistory> AnyHistory = Gen.Select(
            Gen.Long[0, 5_000],
            Gen.Double[0, 0.3],
            Gen.Int[0, 100_000],
            Gen.Int[0, 1_000_000],
            Gen.Bool
        )
        .Select(
            (clicks, rate, spend, value, valued) =>
            {
                var conversions = (long)(clicks * rate);
                var knows = valued && conversions > 0;
                decimal? worth = knows ? value / 100m : null;
                return new CellHistory(default, clicks * 10, clicks, conversions, spend / 100m, worth, knows ? conversions : 0);
            }
        );

    private static readonly Gen<BudgetQuestion> AnyQuestion = Gen.Select(
            Gen.Long[1, 10_000_000],
            AnyHistory.Array[1, 12],
            Gen.Long[0, 1_000_000].Array[14],
            Gen.Double[0, 1],
            Gen.Double[0, 1.5],
            Gen.Int
        )
        .Select(
            (total, cells, before, floor, change, seed) =>
                new BudgetQuestion(
                    total,
                    [.. cells.Select((cell, i) => cell with { Cell = Named(i) })],
                    // Some cells are new, some are gone, some had nothing.
                    seed % 3
                    == 0
                        ? null
                        : before.Select((cents, i) => (Named(i + 2), cents % 5 == 0 ? 0 : cents)).ToDictionary(),
                    floor / cells.Length,
                    change,
                    Lots,
                    seed
                )
        );

    [Fact]
    public void The_total_is_spent_to_the_cent_and_every_floor_is_kept() =>
        AnyQuestion.Sample(
            question =>
            {
                var cells = BudgetDecision.Decide(question);
                var floor = (long)Math.Floor(question.MinimumShare * question.Total);
                return cells.Sum(c => c.Amount) == question.Total
                    && cells.All(c => c.Amount >= floor - 1)
                    && Math.Abs(cells.Sum(c => c.Probability) - 1) < 1e-9;
            },
            iter: 300
        );

    [Fact]
    public void A_share_moves_by_at_most_the_maximum_daily_change_where_floors_leave_room() =>
        AnyQuestion
            .Where(q => q.Previous is not null)
            .Select(q => q with { MinimumShare = 0 })
            .Sample(
                question =>
                {
                    var cells = BudgetDecision.Decide(question);
                    var before = cells.Sum(c => c.Previous ?? 0);
                    return cells
                        .Where(c => c.Previous > 0)
                        .All(c =>
                        {
                            var share = (double)c.Previous!.Value / before * question.Total;
                            return c.Amount <= Math.Ceiling(share * (1 + question.MaximumDailyChange))
                                && c.Amount >= Math.Floor(share * Math.Max(0, 1 - question.MaximumDailyChange));
                        });
                },
                iter: 300
            );

    [Fact]
    public void The_same_seed_gives_the_same_decision_and_another_one_may_not()
    {
        var question = Ask([Cell(0, 500, 25), Cell(1, 500, 26)]);

        Assert.Equal(BudgetDecision.Decide(question), BudgetDecision.Decide(question));
        Assert.Contains(
            Enumerable.Range(1, 20),
            seed => BudgetDecision.Decide(question with { Seed = seed })[0].Amount != BudgetDecision.Decide(question)[0].Amount
        );
    }

    [Theory]
    [InlineData("converts better")]
    [InlineData("is worth more")]
    [InlineData("costs less")]
    public void The_better_cell_gets_more_over_many_seeds(string how)
    {
        var plain = Cell(0, 400, 20);
        var better = how switch
        {
            "converts better" => Cell(1, 400, 26),
            "is worth more" => Cell(1, 400, 20) with { Value = 1_300 },
            _ => Cell(1, 400, 20) with { Spend = 150 },
        };

        var amounts = Enumerable.Range(0, 50).Select(seed => BudgetDecision.Decide(Ask([plain, better], seed))).ToArray();

        Assert.True(amounts.Average(a => a[1].Amount) > 1.5 * amounts.Average(a => a[0].Amount), how);
    }

    [Fact]
    public void One_cell_gets_everything() =>
        Assert.Equal(10_001, Assert.Single(BudgetDecision.Decide(Ask([Cell(0, 10, 0)]) with { Total = 10_001 })).Amount);

    [Fact]
    public void Without_any_data_the_budget_is_split_equally()
    {
        var cells = BudgetDecision.Decide(Ask([.. Enumerable.Range(0, 3).Select(Unknown)]));

        Assert.Equal([3_334L, 3_333, 3_333], cells.Select(c => c.Amount).OrderDescending());
        Assert.All(cells, c => Assert.Equal(1 / 3.0, c.Probability, 12));
    }

    [Fact]
    public void An_unknown_cell_explores_more_than_a_proven_bad_one()
    {
        var cells = BudgetDecision.Decide(Ask([Cell(0, 5_000, 250), Cell(1, 5_000, 50), Unknown(2)]));

        Assert.True(cells[2].Amount > cells[1].Amount);
        Assert.Equal(BudgetLimit.MinimumShare, cells[1].Limit);
    }

    [Fact]
    public void Free_clicks_say_nothing_about_the_price_of_bought_ones()
    {
        var free = CellBelief.Of([Cell(0, 400, 20), Cell(1, 10_000, 500) with { Spend = 0 }])[1];

        Assert.Equal(0.5, free.PricePerClick);
    }

    [Fact]
    public void A_cell_that_is_held_says_so()
    {
        var question = Ask([Cell(0, 5_000, 500), Cell(1, 5_000, 50)]) with
        {
            Previous = new Dictionary<Cell, long> { [Named(0)] = 5_000, [Named(1)] = 5_000 },
        };

        var cells = BudgetDecision.Decide(question);

        Assert.Equal([(6_000L, BudgetLimit.HeldDown), (4_000L, BudgetLimit.HeldUp)], cells.Select(c => (c.Amount, c.Limit)));
        var sentences = cells.Select(c => Explanation.Of(c, question, "EUR")).ToArray();
        Assert.StartsWith("+10.00 EUR to c0 (now 60.00): 1 EUR is expected to return ", sentences[0], StringComparison.Ordinal);
        Assert.Contains(
            "(500 conversions of 5000 clicks for 2500.00 EUR), it is the best cell with probability 100%.",
            sentences[0],
            StringComparison.Ordinal
        );
        Assert.EndsWith("It would get more; a day may change it by 20% at most.", sentences[0], StringComparison.Ordinal);
        Assert.StartsWith("−10.00 EUR from c1 (now 40.00)", sentences[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_cell_gets_its_floor_even_where_nothing_may_change()
    {
        var question = Ask([Cell(0, 100, 5), Cell(1, 100, 5)]) with
        {
            Previous = new Dictionary<Cell, long> { [Named(0)] = 777 },
            MinimumShare = 0.1,
            MaximumDailyChange = 0,
        };

        Assert.Equal([9_000, 1_000], BudgetDecision.Decide(question).Select(c => c.Amount));
    }

    private static Cell Named(int i) => new("c" + i, "", "");

    private static CellHistory Unknown(int i) => new(Named(i), 0, 0, 0, 0, null, 0);

    private static CellHistory Cell(int i, long clicks, long conversions) =>
        new(Named(i), clicks * 20, clicks, conversions, clicks / 2m, conversions * 40m, conversions);

    private static BudgetQuestion Ask(CellHistory[] cells, int seed = 0) => new(10_000, cells, null, 0.02, 0.2, Lots, seed);
}
