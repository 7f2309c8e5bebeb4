using MarketingPlatform.Experimentation.Bandits;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>All that a decision depends on.</summary>
/// <param name="Total">Cents.</param>
/// <param name="Cells">One or more.</param>
/// <param name="Previous">Cents of each cell in the allocation of the day before; null at the first.</param>
/// <param name="MinimumShare">Of the total, for each cell; at most 1 / cells.</param>
/// <param name="MaximumDailyChange">By which part of itself a cell's share may move; 0.2 is a fifth.</param>
/// <param name="Lots">Plays of Thompson sampling.</param>
internal sealed record BudgetQuestion(
    long Total,
    IReadOnlyList<CellHistory> Cells,
    IReadOnlyDictionary<Cell, long>? Previous,
    double MinimumShare,
    double MaximumDailyChange,
    int Lots,
    int Seed
);

/// <summary>Why a cell did not get what its chances alone would have given.</summary>
internal enum BudgetLimit
{
    None,
    MinimumShare,
    HeldUp,
    HeldDown,
}

/// <param name="Amount">Cents.</param>
/// <param name="Previous">Cents of the day before; null where the cell is new.</param>
/// <param name="Probability">That a lot of the free budget goes here: the propensity.</param>
internal sealed record CellBudget(CellBelief Belief, long Amount, long? Previous, double Probability, BudgetLimit Limit);

/// <summary>Thompson allocation of a day's budget.</summary>
/// <remarks>
/// <para>Method. A cell's conversion rate is a beta belief (<see cref="CellBelief"/>), its return for the euro is
/// rate × worth of a conversion ÷ price of a click. Each cell first gets its minimum share (exploration floor). The rest is cut into
/// equal lots; each lot is one play of Thompson sampling (<see cref="PaidThompson"/>) and goes to the cell whose drawn return is highest.
/// So a cell's part is the probability that it is the best one, given what is known: proven cells get much, uncertain ones something,
/// proven bad ones the floor. Cells that cannot be told apart share what they win.</para>
/// <para>Guardrail. A cell's share moves by at most the maximum daily change, relative to its share in the previous allocation. Shares,
/// not amounts: the total is the caller's decision. Cells that are gone leave their part to the others in proportion. New cells have no
/// share to compare with; they grow as fast as the others may shrink. Where floors of new cells need more than that, floors win.</para>
/// <para>Limits. Returns are taken as proportional to spend: no saturation, no carry-over, no delay of conversions, so a large shift
/// returns less than expected (the guardrail keeps steps small; response curves come with the widening of this service). Prices and
/// worths are averages without uncertainty. All days of the window weigh the same. Attribution is the ad platform's.</para>
/// </remarks>
internal static class BudgetDecision
{
    public const string Method = "thompson-lots-1";

    public static IReadOnlyList<CellBudget> Decide(BudgetQuestion question)
    {
        var (total, n) = (question.Total, question.Cells.Count);
        var beliefs = CellBelief.Of(question.Cells);
        var chances = Chances(beliefs, question.Lots, question.Seed);
        var floor = Math.Min((long)Math.Floor(question.MinimumShare * total + 1e-9), total / n);
        var free = total - floor * n;
        var ideal = chances.Select(chance => floor + chance * free).ToArray();
        var (low, high) = Bounds(question, floor);
        var amounts = Apportionment.Divide(total, ideal, low, high);
        return
        [
            .. beliefs.Select(
                (belief, i) =>
                    new CellBudget(
                        belief,
                        amounts[i],
                        question.Previous is { } previous && previous.TryGetValue(belief.History.Cell, out var before) ? before : null,
                        chances[i],
                        amounts[i] >= high[i] && ideal[i] > high[i] + 1 ? BudgetLimit.HeldDown
                            : amounts[i] <= low[i] && low[i] > floor && ideal[i] < low[i] - 1 ? BudgetLimit.HeldUp
                            : amounts[i] <= floor && floor > 0 ? BudgetLimit.MinimumShare
                            : BudgetLimit.None
                    )
            ),
        ];
    }

    private static double[] Chances(IReadOnlyList<CellBelief> beliefs, int lots, int seed)
    {
        var wins = PaidThompson.CountWins([.. beliefs.Select(b => b.Rate)], [.. beliefs.Select(b => b.Payoff)], lots, new Random(seed));
        var twins = beliefs.Select((b, i) => (Key: (b.Rate, b.Payoff), Wins: wins[i])).ToLookup(b => b.Key, b => b.Wins);
        return [.. beliefs.Select(b => twins[(b.Rate, b.Payoff)].Average() / lots)];
    }

    private static (long[] Low, long[] High) Bounds(BudgetQuestion question, long floor)
    {
        var cells = question.Cells;
        var before = cells.Select(c => question.Previous?.GetValueOrDefault(c.Cell) ?? 0).ToArray();
        var sum = (double)before.Sum();
        var low = new long[cells.Count];
        var high = new long[cells.Count];
        for (var i = 0; i < cells.Count; i++)
        {
            var known = before[i] > 0;
            var share = known ? before[i] / sum * question.Total : 0;
            // Outwards, to the cent.
            low[i] = Math.Max(floor, (long)Math.Floor(share * Math.Max(0, 1 - question.MaximumDailyChange)));
            high[i] = known ? Math.Max(floor, (long)Math.Ceiling(share * (1 + question.MaximumDailyChange))) : question.Total;
        }
        var excess = (double)(question.Total - floor * cells.Count) / Math.Max(1, low.Sum() - floor * cells.Count);
        if (excess < 1)
            low = [.. low.Select(l => floor + (long)Math.Floor((l - floor) * excess))];
        return (low, high);
    }
}
