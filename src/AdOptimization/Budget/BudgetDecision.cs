using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.AdOptimization.Response;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>All that a decision depends on.</summary>
/// <param name="Total">Cents.</param>
/// <param name="Cells">One or more.</param>
/// <param name="Previous">Cents of each cell in the allocation of the day before; null at the first.</param>
/// <param name="MinimumShare">Of the total, for each cell; at most 1 / cells.</param>
/// <param name="MaximumDailyChange">By which part of itself a cell's share may move; 0.2 is a fifth.</param>
/// <param name="Draws">Markets that are imagined.</param>
/// <param name="Limits">Of cells that have some; with a total that they can take.</param>
/// <param name="Channels">Limits of all cells of a channel together, that its cells' own can keep.</param>
/// <param name="Caution">0 judges a cell by what is believed of it; 3 by the worst of four draws.</param>
internal sealed record BudgetQuestion(
    long Total,
    IReadOnlyList<CellHistory> Cells,
    IReadOnlyDictionary<Cell, long>? Previous,
    double MinimumShare,
    double MaximumDailyChange,
    int Draws,
    int Seed,
    LearningRules Rules,
    StopLossRule? StopLoss = null,
    IReadOnlyDictionary<Cell, CellLimit>? Limits = null,
    int Caution = 0,
    IReadOnlyDictionary<string, CellLimit>? Channels = null
)
{
    /// <returns>Cents that the cell must and may get. Its maximum wins over the minimum share.</returns>
    public CellLimit LimitOf(Cell cell, long floor)
    {
        var limit = Limits is not null && Limits.TryGetValue(cell, out var set) ? set : new CellLimit(0, Total);
        return limit with { Least = Math.Min(Math.Max(floor, limit.Least), limit.Most) };
    }
}

/// <summary>Why a cell did not get what its chances alone would have given.</summary>
internal enum BudgetLimit
{
    None,
    MinimumShare,
    Minimum,
    Maximum,
    ChannelMinimum,
    ChannelMaximum,
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
/// <para>Limits of the caller (minimum and maximum of a cell, or of a channel over its cells) are kept whatever else; a cell is not stopped where
/// a minimum asks for it. Where maximums leave no
/// other place for the total, the daily change gives way, and the minimum share where minimums leave less (<see cref="Guardrails"/>).</para>
/// <para>Risk. With caution n a cell's curve in each market is the worst of n + 1 draws: the coherent measure MINVAR (A. Cherny and D. Madan,
/// "New measures for performance evaluation", Review of Financial Studies 2009). What is less sure then gets less, where without it gets more.</para>
/// <para>Limits. A day's spend is taken to act on that day's conversions (late reports are allowed for; carry-over enters by
/// the weekly model where there is one, <see cref="WeeklyPrior"/>). Worths are averages without uncertainty. Attribution is the ad platform's.</para>
/// </remarks>
internal static class BudgetDecision
{
    public const string Method = "thompson-curves-2";

    public static IReadOnlyList<CellBudget> Decide(BudgetQuestion question)
    {
        var stops = Stops(question);
        var going = question with { Cells = [.. question.Cells.Where(c => !stops.ContainsKey(c.Cell))] };
        if (stops.Count == 0 || ChannelCells.Of(going).Sum(c => c.Room(going)) < question.Total)
            return DecideAmong(question);
        var others = DecideAmong(going).ToDictionary(c => c.Belief.History.Cell);
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
        var stops = question
            .Cells.Select(
                (c, i) => (c.Cell, Stop: question.LimitOf(c.Cell, 0).Least > 0 ? null : StopLoss.Of(c, worths[i], rule, question.Rules))
            )
            .Where(s => s.Stop is not null)
            .ToDictionary(s => s.Cell, s => s.Stop!);
        // What is left of a channel must be able to take its minimum.
        foreach (var channel in ChannelCells.Of(question))
        {
            var left = channel with { Members = [.. channel.Members.Where(i => !stops.ContainsKey(question.Cells[i].Cell))] };
            if (left.Room(question) < channel.Limit.Least)
                foreach (var member in channel.Members)
                    stops.Remove(question.Cells[member].Cell);
        }
        return stops;
    }

    private static IReadOnlyList<CellBudget> DecideAmong(BudgetQuestion question)
    {
        var (total, n) = (question.Total, question.Cells.Count);
        var beliefs = CurveLearning.Learn(question.Cells, Math.Max(1, (double)total / n), question.Rules);
        var channels = ChannelCells.Of(question);
        var floors = Guardrails.Floors(question, channels);
        var limits = question.Cells.Select((c, i) => question.LimitOf(c.Cell, floors[i])).ToArray();
        var (ideal, held) = Imagine(beliefs, limits, channels, question);
        var beyond = ideal.Select((x, i) => Math.Max(0, x - limits[i].Least)).ToArray();
        var free = beyond.Sum();
        var (low, high) = Guardrails.Bounds(question, limits, channels);
        var amounts = Apportionment.Divide(total, ideal, low, high, channels);
        var ofChannel = new BudgetLimit[n];
        foreach (var (channel, k) in channels.Select((c, k) => (c, k)))
        foreach (var member in channel.Members)
            ofChannel[member] = channel.HeldBy(amounts, limits, held[k], total);
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
                        Limit(i)
                    )
            ),
        ];

        // Where a channel's maximum leaves less than the minimum share, that is the reason and not the share.
        BudgetLimit Limit(int i) =>
            floors[i] < floors.Max() && amounts[i] <= floors[i] && ofChannel[i] == BudgetLimit.ChannelMaximum ? ofChannel[i]
            : LimitedBy(amounts[i], ideal[i], low[i], high[i], limits[i], floors[i], total) is var own and not BudgetLimit.None ? own
            : ofChannel[i];
    }

    private static BudgetLimit LimitedBy(long amount, double ideal, long low, long high, CellLimit limit, long floor, long total) =>
        amount >= limit.Most && limit.Most < total ? BudgetLimit.Maximum
        : amount >= high && ideal > high + 1 ? BudgetLimit.HeldDown
        : amount <= low && low > limit.Least && ideal < low - 1 ? BudgetLimit.HeldUp
        : amount <= limit.Least && limit.Least > floor ? BudgetLimit.Minimum
        : amount <= floor && floor > 0 ? BudgetLimit.MinimumShare
        : BudgetLimit.None;

    /// <summary>Cells about which exactly the same is believed share what they win: chance must not tell twins apart.</summary>
    /// <returns>Cents of each cell, and of each channel in which part of the markets its minimum and its maximum held it.</returns>
    private static (double[] Ideal, (double Up, double Down)[] Held) Imagine(
        IReadOnlyList<CurveBelief> beliefs,
        CellLimit[] limits,
        IReadOnlyList<ChannelCells> channels,
        BudgetQuestion question
    )
    {
        var total = question.Total;
        var sums = new double[beliefs.Count];
        var held = new (double Up, double Down)[channels.Count];
        var random = new Random(question.Seed);
        SpendGroup[] groups = [.. channels.Where(c => c.Channel is not null).Select(c => c.Group)];
        for (var draw = 0; draw < question.Draws; draw++)
        {
            SpendCell[] cells =
            [
                .. beliefs.Select((b, i) => new SpendCell("", Draw(b), limits[i].Least, Math.Max(limits[i].Least, limits[i].Most))),
            ];
            var best = BudgetOptimiser.Solve(cells, total, groups);
            for (var i = 0; i < sums.Length; i++)
                sums[i] += best.Cells[i].Spend / question.Draws;
            for (var k = 0; k < held.Length; k++)
            {
                var sum = channels[k].Members.Sum(i => best.Cells[i].Spend);
                held[k].Up += sum < channels[k].Limit.Least + 0.5 ? 1.0 / question.Draws : 0;
                held[k].Down += sum > channels[k].Limit.Most - 0.5 ? 1.0 / question.Draws : 0;
            }
        }
        var lane = new int[beliefs.Count];
        foreach (var (channel, k) in channels.Select((c, k) => (c, k)))
        foreach (var member in channel.Members)
            lane[member] = k;
        var twins = beliefs.Select((b, i) => (Key: Key(i), Sum: sums[i])).ToLookup(b => b.Key, b => b.Sum);
        return ([.. beliefs.Select((_, i) => twins[Key(i)].Average())], held);

        ResponseCurve Draw(CurveBelief belief)
        {
            var at = (double)total / beliefs.Count;
            var worst = belief.Sample(random);
            for (var more = 0; more < question.Caution; more++)
                worst = belief.Sample(random) is var other && other.Return(at) < worst.Return(at) ? other : worst;
            return worst;
        }

        // Beliefs from the same days are equal to the last bit.
        (int, CellLimit, double, double, double) Key(int i)
        {
            var shapes = beliefs[i].Shapes;
            return (lane[i], limits[i], beliefs[i].Worth, shapes.Sum(s => s.Weight * s.Alpha), shapes.Sum(s => s.Weight * s.Beta));
        }
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
}
