using CsCheck;
using MarketingPlatform.AdOptimization.Budget;
using Xunit;
using static MarketingPlatform.AdOptimization.Tests.Budget.BudgetQuestions;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

public sealed class BudgetDecisionTests
{
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
            iter: 100
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
                iter: 100
            );

    [Fact]
    public void The_same_seed_gives_the_same_decision_and_another_one_may_not()
    {
        var question = Ask([Cell(0, 500, 25), Cell(1, 500, 26)]);

        Assert.Equal(BudgetDecision.Decide(question).Select(c => c.Amount), BudgetDecision.Decide(question).Select(c => c.Amount));
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
            "converts better" => Cell(1, 400, 30),
            "is worth more" => Cell(1, 400, 20, worth: 60),
            _ => Cell(1, 400, 20, price: 0.33m),
        };

        var amounts = Enumerable.Range(0, 50).Select(seed => BudgetDecision.Decide(Ask([plain, better], seed))).ToArray();

        Assert.True(amounts.Average(a => a[1].Amount) > 1.15 * amounts.Average(a => a[0].Amount), how);
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
        var cells = BudgetDecision.Decide(Ask([Cell(0, 5_000, 250), Cell(1, 5_000, 5), Unknown(2)]));

        Assert.True(cells[2].Amount > cells[1].Amount);
        Assert.True(cells[0].Amount > 2 * cells[1].Amount);
    }

    [Fact]
    public void A_good_cell_is_not_given_what_it_cannot_use()
    {
        // 40 conversions a day whatever is spent, against 1 for every two euros.
        var full = new CellHistory(Named(0), [.. Enumerable.Range(1, 40).Select(age => Day(age, 20 + age, 40))]);
        var open = new CellHistory(Named(1), [.. Enumerable.Range(1, 40).Select(age => Day(age, 20 + age, (20 + age) / 2))]);

        var cells = BudgetDecision.Decide(Ask([full, open]));

        Assert.True(cells[0].Belief.Return(2_000) > cells[1].Belief.Return(2_000));
        Assert.True(cells[1].Amount > cells[0].Amount);

        static CellDay Day(int age, int spend, int conversions) => new(age, spend, 0, 0, conversions, conversions * 40m);
    }

    [Fact]
    public void Old_days_count_less_than_new_ones()
    {
        var falling = new CellHistory(Named(0), [.. Days(1, 10, 20), .. Days(80, 10, 60)]);
        var rising = new CellHistory(Named(1), [.. Days(1, 10, 60), .. Days(80, 10, 20)]);

        var cells = BudgetDecision.Decide(Ask([falling, rising]));

        Assert.True(cells[1].Amount > 1.2 * cells[0].Amount);

        static IEnumerable<CellDay> Days(int from, int count, int conversions) =>
            Enumerable.Range(from, count).Select(age => new CellDay(age, 50, 0, 0, conversions, conversions * 40m));
    }

    [Fact]
    public void Conversions_that_are_not_reported_yet_are_not_held_against_a_cell()
    {
        LearningRules late = new(28, [0.1, 0.5]);
        var cell = new CellHistory(Named(0), [new(1, 100, 0, 0, 50, 2_000)]);

        var (patient, hasty) = (
            CurveLearning.Learn([cell], 10_000, late)[0],
            CurveLearning.Learn([cell], 10_000, LearningRules.Standard)[0]
        );

        Assert.InRange(patient.Return(10_000) / hasty.Return(10_000), 1.7, 2.1);
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
        Assert.StartsWith("+10.00 EUR to c0 (now 60.00): the next EUR returns ", sentences[0], StringComparison.Ordinal);
        Assert.Matches(@" EUR against \d+\.\d+ elsewhere \(500 conversions for 2500\.00 EUR\); after the move ", sentences[0]);
        Assert.EndsWith("It would get more; a day may change it by 20% at most.", sentences[0], StringComparison.Ordinal);
        Assert.StartsWith("−10.00 EUR from c1 (now 40.00)", sentences[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Caution_takes_from_what_is_unsure_and_gives_to_what_is_proven()
    {
        // As good as each other; one of them was hardly tried.
        var question = Ask([Cell(0, 5_000, 250), Cell(1, 20, 1)]);

        var amounts = new[] { 0, 3, 10 }.Select(caution => Average(question with { Caution = caution })).ToArray();

        Assert.True(amounts[0] < amounts[1] && amounts[1] < amounts[2], string.Join(", ", amounts));

        static double Average(BudgetQuestion question) =>
            Enumerable.Range(0, 20).Average(seed => BudgetDecision.Decide(question with { Seed = seed })[0].Amount);
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
}
