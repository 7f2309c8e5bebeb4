using MarketingPlatform.AdOptimization.Budget.Optimum;

namespace MarketingPlatform.AdOptimization.Budget.Simulation;

/// <summary>What three months brought, less what they cost, in cents; the same market for each.</summary>
/// <param name="Claims">The platform's, where no hold-out says what a claimed conversion is worth.</param>
/// <param name="Weekly">The platform's, told two years of weeks besides; null where there are none. <paramref name="ClaimsWeekly"/> alike
/// without hold-outs.</param>
internal sealed record LoopProfit(
    double Omniscient,
    double Platform,
    double EqualSplit,
    double LastTouch,
    double OneOff,
    double? Claims = null,
    double? Weekly = null,
    double? ClaimsWeekly = null
);

/// <summary>
/// Three months of daily budgets in a <see cref="SimulatedMarket"/>: the platform's own decision, against the best possible and against
/// what small businesses do instead.
/// </summary>
internal static class ClosedLoop
{
    public const int Days = 90;

    private static readonly AdsOptions Defaults = new();

    /// <summary>Days after which the one-off allocation is made, once for all.</summary>
    private const int TrialDays = 14;

    /// <param name="weeks">Weeks before the first day that the weekly model learns from; 0 leaves it out.</param>
    public static LoopProfit Run(int seed, int weeks = 0)
    {
        var profit = Run(seed);
        if (weeks == 0)
            return profit;
        var (past, alone) = (PastWeeks.Learn(seed, weeks, true), PastWeeks.Learn(seed, weeks, false));
        return profit with
        {
            Claims = Play(seed, (market, day, before) => Decide(market.Claimed(day), day, before, seed)),
            Weekly = Play(seed, (market, day, before) => Decide(past.Tell(market.Incremental(day)), day, before, seed)),
            ClaimsWeekly = Play(seed, (market, day, before) => Decide(alone.Tell(market.Claimed(day, alone.Factors)), day, before, seed)),
        };
    }

    private static LoopProfit Run(int seed) =>
        new(
            Play(seed, (market, _, _) => market.Omniscient()),
            Play(seed, (market, day, before) => Decide(market.Incremental(day), day, before, seed)),
            Play(seed, (_, _, _) => Equal()),
            Play(seed, (market, day, before) => day == 0 ? Equal() : LastTouch(market, day, before)),
            Play(
                seed,
                (market, day, before) =>
                    day < TrialDays ? Decide(market.Incremental(day), day, before, seed)
                    : day == TrialDays ? BestAsBelieved(market, day)
                    : before
            )
        );

    private static double Play(int seed, Func<SimulatedMarket, int, double[], double[]> policy)
    {
        var market = new SimulatedMarket(seed);
        var (profit, before) = (0.0, Equal());
        for (var day = 0; day < Days; day++)
        {
            var cents = policy(market, day, before);
            profit += market.Return(cents) - cents.Sum();
            market.Spend(day, cents);
            market.Drift();
            before = cents;
        }
        return profit;
    }

    private static double[] Equal() => [.. SimulatedMarket.Cells.Select(_ => (double)SimulatedMarket.Budget / SimulatedMarket.Count)];

    private static LearningRules Rules => new(Defaults.HalfLifeDays, SimulatedMarket.Reported);

    private static double[] Decide(IReadOnlyList<CellHistory> cells, int day, double[] before, int seed)
    {
        var question = new BudgetQuestion(
            SimulatedMarket.Budget,
            cells,
            day == 0 ? null : SimulatedMarket.Cells.Select((cell, i) => (cell, (long)Math.Round(before[i]))).ToDictionary(),
            Defaults.ExplorationShare / SimulatedMarket.Count,
            Defaults.MaximumDailyChange,
            Defaults.Draws,
            seed * 1000 + day,
            Rules
        );
        return [.. BudgetDecision.Decide(question).Select(c => (double)c.Amount)];
    }

    /// <summary>Where a claimed conversion is cheap goes the money, at the same pace as ours.</summary>
    private static double[] LastTouch(SimulatedMarket market, int day, double[] before)
    {
        var returns = market
            .Claimed(day)
            .Select(c => c.Days.Where(d => d.Age <= 14))
            .Select(days => (days.Sum(d => (double)(d.Value ?? 0)) + 1) / (days.Sum(d => (double)d.Spend) + 1))
            .ToArray();
        var ideal = returns.Select(r => r / returns.Sum() * SimulatedMarket.Budget).ToArray();
        var low = before.Select(b => (long)(b * (1 - Defaults.MaximumDailyChange))).ToArray();
        var high = before.Select(b => (long)Math.Ceiling(b * (1 + Defaults.MaximumDailyChange))).ToArray();
        return [.. Apportionment.Divide(SimulatedMarket.Budget, ideal, low, high).Select(c => (double)c)];
    }

    private static double[] BestAsBelieved(SimulatedMarket market, int day)
    {
        var fair = (double)SimulatedMarket.Budget / SimulatedMarket.Count;
        var beliefs = CurveLearning.Learn(market.Incremental(day), fair, Rules);
        return
        [
            .. BudgetOptimiser
                .Solve(
                    [.. beliefs.Select(b => new SpendCell("", b.Expected, Defaults.ExplorationShare * fair, SimulatedMarket.Budget))],
                    SimulatedMarket.Budget
                )
                .Cells.Select(c => c.Spend),
        ];
    }
}
