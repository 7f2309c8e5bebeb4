using MarketingPlatform.AdOptimization.Budget.Optimum;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>All that a decision depends on.</summary>
/// <param name="Total">Cents.</param>
/// <param name="Cells">One or more.</param>
/// <param name="Previous">Cents of each cell in the allocation of the day before; null at the first.</param>
/// <param name="MinimumShare">Of the total, for each cell; at most 1 / cells.</param>
/// <param name="MaximumDailyChange">By which part of itself a cell's share may move; 0.2 is a fifth.</param>
/// <param name="Draws">Markets that are imagined.</param>
internal sealed record BudgetQuestion(
    long Total,
    IReadOnlyList<CellHistory> Cells,
    IReadOnlyDictionary<Cell, long>? Previous,
    double MinimumShare,
    double MaximumDailyChange,
    int Draws,
    int Seed,
    LearningRules Rules,
    StopLossRule? StopLoss = null
);

/// <summary>Why a cell did not get what its chances alone would have given.</summary>
internal enum BudgetLimit
{
    None,
    MinimumShare,
    HeldUp,
    HeldDown,
    Stopped,
}

/// <param name="Amount">Cents.</param>
/// <param name="Previous">Cents of the day before; null where the cell is new.</param>
/// <param name="Probability">The part of the budget beyond the minimum shares that goes here over all draws: the propensity.</param>
/// <param name="MarginalBefore">What the next euro returned before the move, as believed: at the previous share of this total, or at an
/// equal share where there was none.</param>
/// <param name="MarginalElsewhere">The same of the other cells, weighed by what they had; null where there is no other.</param>
/// <param name="Stop">Why the cell gets nothing (<see cref="StopLoss"/>).</param>
internal sealed record CellBudget(
    CurveBelief Belief,
    long Amount,
    long? Previous,
    double Probability,
    double MarginalBefore,
    double? MarginalElsewhere,
    BudgetLimit Limit,
    string? Stop = null
)
{
    public double ExpectedReturn => Belief.Return(Amount);

    /// <value>What the next euro is expected to return after the move.</value>
    public double Marginal => Belief.Marginal(Math.Max(Amount, 1));
}

/// <summary>Thompson allocation of a day's budget over response curves.</summary>
/// <remarks>
/// <para>Method. What a cell returns for a day's spend is uncertain (<see cref="CurveBelief"/>). Many markets are imagined, each with one
/// curve a cell drawn from what is believed; in each the budget is divided as would be best there (<see cref="BudgetOptimiser"/>), and the
/// mean of those divisions is the plan. So proven cells get what equal marginal returns give them, uncertain ones more than that (there is
/// something to learn), proven bad ones the minimum share. Saturation is in the curves: a good cell is not given money that it cannot use.</para>
/// <para>Guardrail. A cell's share moves by at most the maximum daily change, relative to its share in the previous allocation. Shares,
/// not amounts: the total is the caller's decision. Cells that are gone leave their part to the others in proportion. New cells have no
/// share to compare with; they grow as fast as the others may shrink. Where floors of new cells need more than that, floors win.</para>
/// <para>Stop-loss. A cell that surely returns less than the least gets nothing at once (<see cref="StopLoss"/>), as one that is gone. Where
/// that would be every cell, none is stopped: whether to advertise at all is the caller's decision.</para>
/// <para>Limits. A day's spend is taken to act on that day's conversions (late reports are allowed for; carry-over enters by
/// the weekly model where there is one, <see cref="WeeklyPrior"/>). Worths are averages without uncertainty. Attribution is the ad platform's.</para>
/// </remarks>
internal static class BudgetDecision
{
    public const string Method = "thompson-curves-2";

    public static IReadOnlyList<CellBudget> Decide(BudgetQuestion question)
    {
        var stops = Stops(question);
        if (stops.Count == 0 || stops.Count == question.Cells.Count)
            return DecideAmong(question);
        var others = DecideAmong(question with { Cells = [.. question.Cells.Where(c => !stops.ContainsKey(c.Cell))] })
            .ToDictionary(c => c.Belief.History.Cell);
        var fairShare = Math.Max(1, (double)question.Total / question.Cells.Count);
        return
        [
            .. CurveLearning
                .Learn(question.Cells, fairShare, question.Rules)
                .Select(belief =>
                {
                    var cell = belief.History.Cell;
                    if (others.TryGetValue(cell, out var decided))
                        return decided;
                    var was = question.Previous is { } previous && previous.TryGetValue(cell, out var cents) ? cents : (long?)null;
                    return new CellBudget(
                        belief,
                        0,
                        was,
                        0,
                        belief.Marginal(Math.Max(was ?? fairShare, 1)),
                        null,
                        BudgetLimit.Stopped,
                        stops[cell]
                    );
                }),
        ];
    }

    private static Dictionary<Cell, string> Stops(BudgetQuestion question)
    {
        if (question.StopLoss is not { } rule || !question.Cells.Any(c => c.Value > 0))
            return [];
        var worths = CurveLearning.Worths(question.Cells);
        return question
            .Cells.Select((c, i) => (c.Cell, Stop: StopLoss.Of(c, worths[i], rule, question.Rules)))
            .Where(s => s.Stop is not null)
            .ToDictionary(s => s.Cell, s => s.Stop!);
    }

    private static IReadOnlyList<CellBudget> DecideAmong(BudgetQuestion question)
    {
        var (total, n) = (question.Total, question.Cells.Count);
        var beliefs = CurveLearning.Learn(question.Cells, Math.Max(1, (double)total / n), question.Rules);
        var floor = Math.Min((long)Math.Floor(question.MinimumShare * total + 1e-9), total / n);
        var ideal = Imagine(beliefs, floor, total, question);
        var beyond = ideal.Select(i => Math.Max(0, i - floor)).ToArray();
        var free = beyond.Sum();
        var (low, high) = Bounds(question, floor);
        var amounts = Apportionment.Divide(total, ideal, low, high);
        var before = Before(question);
        var marginals = beliefs.Select((b, i) => b.Marginal(Math.Max(before[i], 1))).ToArray();
        return
        [
            .. beliefs.Select(
                (belief, i) =>
                    new CellBudget(
                        belief,
                        amounts[i],
                        question.Previous is { } previous && previous.TryGetValue(belief.History.Cell, out var was) ? was : null,
                        free > 0 ? beyond[i] / free : 1.0 / n,
                        marginals[i],
                        Elsewhere(i, marginals, before),
                        amounts[i] >= high[i] && ideal[i] > high[i] + 1 ? BudgetLimit.HeldDown
                            : amounts[i] <= low[i] && low[i] > floor && ideal[i] < low[i] - 1 ? BudgetLimit.HeldUp
                            : amounts[i] <= floor && floor > 0 ? BudgetLimit.MinimumShare
                            : BudgetLimit.None
                    )
            ),
        ];
    }

    /// <summary>Cells about which exactly the same is believed share what they win: chance must not tell twins apart.</summary>
    private static double[] Imagine(IReadOnlyList<CurveBelief> beliefs, long floor, long total, BudgetQuestion question)
    {
        var sums = new double[beliefs.Count];
        var random = new Random(question.Seed);
        for (var draw = 0; draw < question.Draws; draw++)
        {
            SpendCell[] cells = [.. beliefs.Select(b => new SpendCell("", b.Sample(random), floor, total))];
            var best = BudgetOptimiser.Solve(cells, total);
            for (var i = 0; i < sums.Length; i++)
                sums[i] += best.Cells[i].Spend / question.Draws;
        }
        var twins = beliefs.Select((b, i) => (Key: Key(b), Sum: sums[i])).ToLookup(b => b.Key, b => b.Sum);
        return [.. beliefs.Select(b => twins[Key(b)].Average())];

        // Beliefs from the same days are equal to the last bit.
        static (double, double, double) Key(CurveBelief belief) =>
            (belief.Worth, belief.Shapes.Sum(s => s.Weight * s.Alpha), belief.Shapes.Sum(s => s.Weight * s.Beta));
    }

    /// <returns>Cents of each cell before the move, as its share of this total: nothing where it had none.</returns>
    private static double[] Before(BudgetQuestion question)
    {
        var cells = question.Cells;
        var before = cells.Select(c => question.Previous?.GetValueOrDefault(c.Cell) ?? 0).ToArray();
        var sum = (double)before.Sum();
        return sum > 0
            ? [.. before.Select(cents => cents / sum * question.Total)]
            : [.. cells.Select(_ => (double)question.Total / cells.Count)];
    }

    private static double? Elsewhere(int cell, double[] marginals, double[] before)
    {
        var others = Enumerable.Range(0, marginals.Length).Where(i => i != cell).ToArray();
        if (others.Length == 0)
            return null;
        var money = others.Sum(i => before[i]);
        return money > 0 ? others.Sum(i => marginals[i] * before[i]) / money : others.Average(i => marginals[i]);
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
