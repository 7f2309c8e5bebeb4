using CsCheck;
using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.AdOptimization.Response;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Optimum;

public sealed class BudgetOptimiserTests
{
    [Fact]
    public void Two_square_roots_share_by_the_squares_of_their_scales()
    {
        // max 3√x + 4√y, x + y = 100: x : y = 9 : 16, return 50.
        var best = BudgetOptimiser.Solve([Power("a", 3, 0.5), Power("b", 4, 0.5)], 100);

        Assert.Equal(36, best.Cells[0].Spend, 1e-9);
        Assert.Equal(64, best.Cells[1].Spend, 1e-9);
        Assert.Equal(50, best.Return, 1e-9);
        Assert.InRange(best.Gap, 0, 1e-12);
    }

    [Fact]
    public void On_concave_curves_the_gap_closes_the_slopes_are_equal_and_all_is_spent() =>
        Concave
            .Array[1, 100]
            .Select(Gen.Double[0.001, 0.999])
            .Sample(
                (cells, part) =>
                {
                    var budget = cells.Sum(c => c.Least) + part * (cells.Sum(c => c.Most) - cells.Sum(c => c.Least));
                    var best = BudgetOptimiser.Solve(cells, budget);
                    Keeps(best, budget);
                    Assert.InRange(best.Gap, 0, 1e-9);
                    var slopes = best.Cells.Where(IsBetweenItsBounds).Select(c => c.Marginal).ToArray();
                    if (slopes.Length > 1)
                        Assert.InRange((slopes.Max() - slopes.Min()) / slopes.Max(), 0, 1e-6);
                },
                iter: 200,
                seed: "0000KZ6hJf8L"
            );

    [Fact]
    public void On_s_shaped_curves_the_gap_to_the_proven_bound_is_below_a_millionth() =>
        SShaped
            .Array[1, 12]
            .Select(Gen.Double[0.01, 0.99])
            .Sample(
                (cells, part) =>
                {
                    var budget = cells.Sum(c => c.Least) + part * (cells.Sum(c => c.Most) - cells.Sum(c => c.Least));
                    var best = BudgetOptimiser.Solve(cells, budget);
                    Keeps(best, budget);
                    Assert.InRange(best.Gap, 0, 1e-6);
                },
                iter: 1000,
                seed: "0000KZ6hJf8L"
            );

    [Fact]
    public void No_division_on_a_fine_grid_beats_the_optimum_of_s_shaped_curves() =>
        SShaped
            .Array[3]
            .Select(Gen.Double[0.05, 0.95])
            .Sample(
                (cells, part) =>
                {
                    var budget = cells.Sum(c => c.Least) + part * (cells.Sum(c => c.Most) - cells.Sum(c => c.Least));
                    var best = BudgetOptimiser.Solve(cells, budget);
                    const int Steps = 120;
                    for (var i = 0; i <= Steps; i++)
                    for (var j = 0; j <= Steps; j++)
                    {
                        var x = cells[0].Least + (cells[0].Most - cells[0].Least) * i / Steps;
                        var y = cells[1].Least + (cells[1].Most - cells[1].Least) * j / Steps;
                        var z = budget - x - y;
                        if (z < cells[2].Least || z > cells[2].Most)
                            continue;
                        var other = cells[0].Curve.Return(x) + cells[1].Curve.Return(y) + cells[2].Curve.Return(z);
                        Assert.True(other <= best.Bound * (1 + 1e-12), $"{other} at {x}, {y}, {z} beats the bound {best.Bound}");
                    }
                },
                iter: 40
            );

    [Fact]
    public void Two_equal_s_shapes_do_not_share_a_budget_that_only_carries_one()
    {
        var best = BudgetOptimiser.Solve([Hill("a", 10, 100, 3), Hill("b", 10, 100, 3)], 120);

        Assert.Equal(0, best.Cells.Min(c => c.Spend), 1e-6);
        Assert.Equal(120, best.Cells.Max(c => c.Spend), 1e-6);
    }

    [Theory]
    [InlineData(120, 1)]
    [InlineData(400, 1)]
    [InlineData(400, 3)]
    public void The_next_return_is_what_a_larger_budget_gains_also_on_s_shapes(double budget, double shape)
    {
        SpendCell[] cells = [Hill("a", 10, 100, shape), Hill("b", 12, 150, shape)];
        var best = BudgetOptimiser.Solve(cells, budget);

        var gained = (BudgetOptimiser.Solve(cells, budget + 0.01).Return - best.Return) / 0.01;

        Assert.InRange(best.NextReturn / gained, 0.999, 1.001);
    }

    [Fact]
    public void A_full_cell_a_full_channel_and_cells_that_take_no_more_return_nothing_next()
    {
        var (full, free) = (Hill("a", 100, 10, 1) with { Most = 5 }, Hill("b", 1, 100, 1));

        var best = BudgetOptimiser.Solve([full, free], 50);
        Assert.Equal(best.Cells[1].Marginal, best.NextReturn);
        var limited = BudgetOptimiser.Solve([full with { Most = 100 }, free], 50, [new("ads", [0], 0, 5)]);
        Assert.Equal(limited.Cells[1].Marginal, limited.NextReturn);
        Assert.Equal(0, BudgetOptimiser.Solve([full], 50).NextReturn);
    }

    [Fact]
    public void What_the_cells_may_not_take_stays_unspent_and_is_said()
    {
        var best = BudgetOptimiser.Solve([Hill("a", 10, 100, 1) with { Most = 30 }, Hill("b", 10, 100, 1) with { Most = 20 }], 100);

        Assert.Equal(50, best.Spent, 1e-12);
        Assert.Contains("50 of the budget stay unspent", best.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Minima_above_the_budget_are_refused() =>
        Assert.Throws<ArgumentException>(() => BudgetOptimiser.Solve([Hill("a", 10, 100, 1) with { Least = 30 }], 20));

    [Fact]
    public void A_budget_of_nothing_and_curves_that_return_nothing_are_divided_all_the_same()
    {
        Assert.Equal(0, BudgetOptimiser.Solve([Power("a", 3, 0.5)], 0).Return);
        var flat = BudgetOptimiser.Solve([Hill("a", 0, 1, 1), Hill("b", 0, 1, 2)], 10);
        Assert.Equal(10, flat.Cells.Sum(c => c.Spend), 1e-9);
        Assert.Equal(0, flat.Gap);
    }

    [Fact]
    public void Straight_and_convex_powers_go_to_the_best_cell_alone()
    {
        var straight = BudgetOptimiser.Solve([Power("a", 2, 1), Power("b", 3, 1)], 10);
        Assert.Equal(30, straight.Return, 1e-9);
        var convex = BudgetOptimiser.Solve([Power("a", 1, 2), Power("b", 1, 1.5)], 10);
        Assert.Equal(100, convex.Return, 1e-6);
    }

    private static readonly Gen<SpendCell> Concave = Gen.Select(Curves(0.3, 1), Gen.Double[0, 20], Gen.Double[1, 1000])
        .Select((curve, least, more) => new SpendCell("cell", curve, least, least + more));

    private static readonly Gen<SpendCell> SShaped = Gen.Select(Curves(0.5, 3), Gen.Double[0, 20], Gen.Double[1, 1000])
        .Select((curve, least, more) => new SpendCell("cell", curve, least, least + more));

    private static Gen<ResponseCurve> Curves(double leastShape, double mostShape) =>
        Gen.Select(Gen.Double[1, 500], Gen.Double[5, 500], Gen.Double[leastShape, mostShape], Gen.Int[0, 3])
            .Select(
                (scale, half, shape, kind) =>
                    kind == 0 ? (ResponseCurve)new PowerCurve(scale / 10, Math.Min(shape, 0.9)) : new HillCurve(scale, half, shape)
            );

    private static void Keeps(OptimalBudget best, double budget)
    {
        Assert.Equal(budget, best.Cells.Sum(c => c.Spend), 1e-9 * Math.Max(1, budget));
        Assert.All(best.Cells, c => Assert.InRange(c.Spend, c.Cell.Least, c.Cell.Most));
    }

    private static bool IsBetweenItsBounds(CellSpend c)
    {
        var margin = 1e-6 * (c.Cell.Most - c.Cell.Least);
        return c.Spend > c.Cell.Least + margin && c.Spend < c.Cell.Most - margin;
    }

    private static SpendCell Power(string name, double scale, double exponent) => new(name, new PowerCurve(scale, exponent), 0, 1000);

    private static SpendCell Hill(string name, double scale, double half, double shape) =>
        new(name, new HillCurve(scale, half, shape), 0, 1000);
}
