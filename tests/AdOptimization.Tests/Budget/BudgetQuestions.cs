using CsCheck;
using MarketingPlatform.AdOptimization.Budget;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

/// <summary>What a budget is asked over: any, or cells of a few figures that a reader can reckon with.</summary>
internal static class BudgetQuestions
{
    private const int Draws = 24;

    private static readonly Gen<CellDay> AnyDay = Gen.Select(
            Gen.Int[1, 90],
            Gen.Int[0, 100_000],
            Gen.Long[0, 500],
            Gen.Double[0, 0.5],
            Gen.Int[0, 1_000_000],
            Gen.Bool
        )
        .Select(
            (age, spend, clicks, rate, value, valued) =>
            {
                var conversions = (long)(clicks * rate);
                return new CellDay(age, spend / 100m, clicks * 10, clicks, conversions, valued && conversions > 0 ? value / 100m : null);
            }
        );

    private static readonly Gen<CellHistory> AnyHistory = AnyDay.Array[0, 20].Select(days => new CellHistory(default, days));

    public static readonly Gen<BudgetQuestion> AnyQuestion = Gen.Select(
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
                    Draws,
                    seed,
                    LearningRules.Standard
                )
        );

    public static Cell Named(int i) => new("c" + i, "", "");

    public static CellHistory Unknown(int i) => new(Named(i), []);

    /// <summary>Ten days that sum to so many clicks and conversions.</summary>
    public static CellHistory Cell(int i, long clicks, long conversions, decimal worth = 40, decimal price = 0.5m) =>
        new(
            Named(i),
            [
                .. Enumerable
                    .Range(1, 10)
                    .Select(age =>
                    {
                        var part = conversions * age / 10 - conversions * (age - 1) / 10;
                        return new CellDay(age, clicks / 10m * price, clicks * 2, clicks / 10, part, part * worth);
                    }),
            ]
        );

    public static BudgetQuestion Ask(CellHistory[] cells, int seed = 0) =>
        new(10_000, cells, null, 0.02, 0.2, Draws, seed, LearningRules.Standard);
}
