using CsCheck;
using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.AdOptimization.Response;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Optimum;

public sealed class ChannelLimitsTests
{
    [Fact]
    public void A_channel_at_its_maximum_divides_that_by_equal_slopes_and_the_rest_goes_on_by_its_own()
    {
        // 3√x + 4√y with x + y ≤ 25 is 9 : 16; what is left, 75, goes to the two others by 1 : 1.
        SpendCell[] cells = [Root("a", 3), Root("b", 4), Root("c", 1), Root("d", 1)];

        var best = BudgetOptimiser.Solve(cells, 100, [new("social", [0, 1], 0, 25)]);

        Assert.Equal([9, 16, 37.5, 37.5], best.Cells.Select(c => Math.Round(c.Spend, 9)));
        Assert.InRange(best.Gap, 0, 1e-12);
    }

    [Fact]
    public void A_channel_is_held_up_by_its_minimum_though_others_return_more()
    {
        var best = BudgetOptimiser.Solve(
            [Root("a", 4), Root("b", 1), Root("c", 1)],
            100,
            [new("search", [1, 2], 60, double.PositiveInfinity)]
        );

        Assert.Equal([40, 30, 30], best.Cells.Select(c => Math.Round(c.Spend, 9)));
        Assert.InRange(best.Gap, 0, 1e-12);
    }

    [Fact]
    public void On_concave_curves_the_gap_closes_and_slopes_are_equal_inside_each_channel_and_over_channels_inside_their_limits() =>
        Instance(Concave, 1, 60)
            .Sample(
                problem =>
                {
                    var best = Solve(problem);
                    Keeps(problem, best);
                    Assert.InRange(best.Gap, 0, 1e-9);
                    var free = Enumerable.Range(0, problem.Cells.Length).Except(problem.Channels.SelectMany(c => c.Members));
                    var inside = problem.Channels.Where(c => IsInside(c, best)).SelectMany(c => c.Members).Concat(free);
                    SlopesAreEqual(best, inside);
                    foreach (var channel in problem.Channels)
                        SlopesAreEqual(best, channel.Members);
                },
                iter: 200,
                seed: "0000KZ6hJf8L"
            );

    [Fact]
    public void On_s_shaped_curves_the_gap_to_the_proven_bound_is_below_a_millionth() =>
        Instance(SShaped, 1, 12)
            .Sample(
                problem =>
                {
                    var best = Solve(problem);
                    Keeps(problem, best);
                    Assert.InRange(best.Gap, 0, 1e-6);
                },
                iter: 600,
                seed: "0000KZ6hJf8L"
            );

    [Fact]
    public void No_division_on_a_fine_grid_that_keeps_the_limits_beats_the_bound_and_none_is_better_than_what_was_found() =>
        Instance(SShaped, 3, 3)
            .Sample(
                problem =>
                {
                    var (cells, budget) = (problem.Cells, problem.Budget);
                    var best = Solve(problem);
                    const int Steps = 100;
                    for (var i = 0; i <= Steps; i++)
                    for (var j = 0; j <= Steps; j++)
                    {
                        var x = cells[0].Least + (cells[0].Most - cells[0].Least) * i / Steps;
                        var y = cells[1].Least + (cells[1].Most - cells[1].Least) * j / Steps;
                        double[] spends = [x, y, budget - x - y];
                        if (spends[2] < cells[2].Least || spends[2] > cells[2].Most)
                            continue;
                        if (problem.Channels.Any(c => c.SumOf(spends) < c.Least || c.SumOf(spends) > c.Most))
                            continue;
                        var other = cells.Select((c, k) => c.Curve.Return(spends[k])).Sum();
                        Assert.True(other <= best.Bound * (1 + 1e-12), $"{other} beats the bound {best.Bound}");
                        Assert.True(other <= best.Return * (1 + 1e-6), $"{other} beats what was found, {best.Return}");
                    }
                },
                iter: 60
            );

    [Fact]
    public void Limits_that_do_not_bind_change_nothing()
    {
        SpendCell[] cells = [Root("a", 3), Root("b", 4), Root("c", 1)];

        var (with, without) = (BudgetOptimiser.Solve(cells, 90, [new("x", [0, 1], 0, 89.9)]), BudgetOptimiser.Solve(cells, 90));

        Assert.Equal(without.Return, with.Return, 1e-9);
    }

    [Theory]
    [InlineData(40, 70)]
    [InlineData(70, 70)]
    public void A_budget_of_just_the_least_or_the_most_is_divided_inside_the_channels(double least, double most)
    {
        SpendCell[] cells = [Root("a", 3), Root("b", 4), Root("c", 1) with { Least = 10, Most = 10 }];

        foreach (var budget in (double[])[least + 10, most + 10])
        {
            var best = BudgetOptimiser.Solve(cells, budget, [new("x", [0, 1], least, most)]);
            Assert.Equal((budget - 10) * 9 / 25, best.Cells[0].Spend, 1e-6);
            Assert.InRange(best.Gap, 0, 1e-9);
        }
        var over = BudgetOptimiser.Solve(cells, 100, [new("x", [0, 1], least, most)]);
        Assert.Contains("of the budget stay unspent", over.Reason, StringComparison.Ordinal);
        Assert.Equal(most + 10, over.Spent, 1e-9);
    }

    [Fact]
    public void A_channel_that_cannot_keep_its_limits_is_named()
    {
        var bad = Assert.Throws<ArgumentException>(() =>
            BudgetOptimiser.Solve([Root("a", 3) with { Least = 30 }, Root("b", 4)], 100, [new("social", [0], 0, 20)])
        );
        Assert.Contains("social must take 0 to 20, and its cells 30 to 1000", bad.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() =>
            BudgetOptimiser.Solve([Root("a", 3), Root("b", 4)], 100, [new("x", [0], 0, 20), new("y", [0, 1], 0, 20)])
        );
    }

    private sealed record Problem(SpendCell[] Cells, SpendGroup[] Channels, double Budget);

    private static OptimalBudget Solve(Problem problem) => BudgetOptimiser.Solve(problem.Cells, problem.Budget, problem.Channels);

    /// <summary>Cells in turn of three channels; the third has no limits. Two have some that their cells can keep, often tight.</summary>
    private static Gen<Problem> Instance(Gen<SpendCell> cell, int fewest, int most) =>
        Gen.Select(cell.Array[fewest, most], Gen.Double[0, 1].Array[4], Gen.Double[0.001, 0.999])
            .Select(
                (cells, parts, spent) =>
                {
                    double[] low = [.. cells.Select(c => c.Least)];
                    double[] high = [.. cells.Select(c => c.Most)];
                    SpendGroup[] channels =
                    [
                        .. Enumerable
                            .Range(0, 2)
                            .Select(k => (k, Members: Enumerable.Range(0, cells.Length).Where(i => i % 3 == k).ToArray()))
                            .Where(c => c.Members.Length > 0)
                            .Select(c =>
                            {
                                var (from, to) = (c.Members.Sum(i => low[i]), c.Members.Sum(i => high[i]));
                                var (one, other) = (from + (to - from) * parts[2 * c.k], from + (to - from) * parts[2 * c.k + 1]);
                                return new SpendGroup($"channel{c.k}", c.Members, Math.Min(one, other), Math.Max(one, other));
                            }),
                    ];
                    var (least, all) = SpendGroups.Of(cells.Length, channels).Between(low, high);
                    return new Problem(cells, channels, least + spent * (all - least));
                }
            );

    private static readonly Gen<SpendCell> Concave = Cell(0.3, 1);

    private static readonly Gen<SpendCell> SShaped = Cell(0.5, 3);

    private static Gen<SpendCell> Cell(double leastShape, double mostShape) =>
        Gen.Select(
                Gen.Double[1, 500],
                Gen.Double[5, 500],
                Gen.Double[leastShape, mostShape],
                Gen.Int[0, 3],
                Gen.Double[0, 20],
                Gen.Double[1, 1000]
            )
            .Select(
                (scale, half, shape, kind, least, more) =>
                    new SpendCell(
                        "cell",
                        kind == 0 ? new PowerCurve(scale / 10, Math.Min(shape, 0.9)) : new HillCurve(scale, half, shape),
                        least,
                        least + more
                    )
            );

    private static void Keeps(Problem problem, OptimalBudget best)
    {
        Assert.Equal(problem.Budget, best.Spent, 1e-9 * Math.Max(1, problem.Budget));
        Assert.All(best.Cells, c => Assert.InRange(c.Spend, c.Cell.Least, c.Cell.Most));
        double[] spends = [.. best.Cells.Select(c => c.Spend)];
        var rounding = 1e-9 * Math.Max(1, problem.Budget);
        Assert.All(problem.Channels, c => Assert.InRange(c.SumOf(spends), c.Least - rounding, c.Most + rounding));
    }

    private static bool IsInside(SpendGroup channel, OptimalBudget best)
    {
        var sum = channel.Members.Sum(i => best.Cells[i].Spend);
        var margin = 1e-6 * channel.Most;
        return sum > channel.Least + margin && sum < channel.Most - margin;
    }

    private static void SlopesAreEqual(OptimalBudget best, IEnumerable<int> members)
    {
        double[] slopes =
        [
            .. members
                .Select(i => best.Cells[i])
                .Where(c => c.Spend > c.Cell.Least + Margin(c.Cell) && c.Spend < c.Cell.Most - Margin(c.Cell))
                .Select(c => c.Marginal),
        ];
        if (slopes.Length > 1)
            Assert.InRange((slopes.Max() - slopes.Min()) / slopes.Max(), 0, 1e-6);

        static double Margin(SpendCell cell) => 1e-6 * (cell.Most - cell.Least);
    }

    private static SpendCell Root(string name, double scale) => new(name, new PowerCurve(scale, 0.5), 0, 1000);
}
