namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>Divides a budget over cells so that the sum of their returns is greatest, and proves how near the greatest it is.</summary>
/// <remarks>
/// <para>Where all curves are concave the optimum is where every cell between its bounds has the same marginal return (equal-slopes rule;
/// Everett, "Generalized Lagrange multiplier method", Operations Research 1963), and the dual bound equals its return.</para>
/// <para>S-shaped curves have no such rule: the slopes can be equal at a division that is far from the best. They are solved by branch
/// and bound over their concave envelopes, as for separable sigmoidal programmes (Udell and Boyd, "Maximizing a sum of sigmoids", 2013):
/// a part of the problem is bounded by its relaxation, and split at the spend of the cell whose envelope overestimates it most. At most
/// one cell lies on the straight piece of its envelope, so few splits are needed.</para>
/// <para>Groups of cells with a minimum or maximum of their own (a channel's) nest inside the budget: another multiplier for each, in
/// every relaxation, so the proof is the same (<see cref="Relaxation"/>).</para>
/// </remarks>
internal static class BudgetOptimiser
{
    /// <summary>Relative gap at which the search ends.</summary>
    private const double Tolerance = 1e-9;

    private const int MostNodes = 20_000;

    /// <param name="budget">Zero or more.</param>
    /// <param name="limited">Cells that must or may take so much together; a cell is in one group at most.</param>
    /// <exception cref="ArgumentException">The cells or groups must take more than the budget, a group cannot keep its limits, or there is no
    /// cell.</exception>
    public static OptimalBudget Solve(IReadOnlyList<SpendCell> cells, double budget, IReadOnlyList<SpendGroup>? limited = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(cells.Count);
        double[] low = [.. cells.Select(c => c.Least)];
        double[] high = [.. cells.Select(c => c.Most)];
        var groups = SpendGroups.Of(cells.Count, limited ?? []);
        if (groups.Impossible(low, high) is { } bad)
            throw new ArgumentException(
                $"{bad.Name} must take {bad.Least:R} to {bad.Most:R}, and its cells {bad.SumOf(low):R} to {bad.SumOf(high):R}.",
                nameof(limited)
            );
        var (least, most) = groups.Between(low, high);
        if (least > budget * (1 + 1e-12))
            throw new ArgumentException($"The cells must take {least:R}, which is more than the budget of {budget:R}.", nameof(budget));
        var reason = most < budget ? $"The cells may take {most:R} at most; {budget - most:R} of the budget stay unspent." : null;
        if (budget > least && budget < most)
            return Search(cells, budget, groups);
        // Nothing is to be weighed between groups: each takes the least or the most that it may.
        var bounds = most <= budget ? high : low;
        if (bounds.Sum() == (most <= budget ? most : least))
            return Of(cells, bounds, new(cells.Select((c, i) => c.Curve.Return(bounds[i])).Sum(), 0, 1), budget, groups) with
            {
                Reason = reason,
            };
        var pinned = Search(cells, most <= budget ? most : least, groups.Pinned(low, high, most <= budget));
        return pinned with { Price = 0, NextReturn = NextReturn(pinned.Cells, budget, groups), Reason = reason };
    }

    private readonly record struct Proof(double Bound, double Price, int Nodes);

    private static OptimalBudget Search(IReadOnlyList<SpendCell> cells, double budget, SpendGroups groups)
    {
        var open = new PriorityQueue<Part, double>();
        var root = Part.Of(cells, [.. cells.Select(c => c.Least)], [.. cells.Select(c => c.Most)], budget, groups);
        var best = Better(cells, budget, groups, root.Relaxed.Spends, null);
        open.Enqueue(root, -root.Relaxed.Bound);
        var nodes = 1;
        // Bounds of parts that are not looked at again because they promise no more than was found.
        var closed = double.NegativeInfinity;
        while (open.TryDequeue(out var part, out var negative))
        {
            var goal = best.Return + Tolerance * Math.Abs(best.Return);
            if (-negative <= goal || nodes >= MostNodes)
            {
                closed = Math.Max(closed, -negative);
                break;
            }
            var split = part.WorstCell(cells);
            foreach (var half in part.SplitAt(cells, split, budget, groups))
            {
                nodes++;
                best = Better(cells, budget, groups, half.Relaxed.Spends, best);
                if (half.Relaxed.Bound > goal)
                    open.Enqueue(half, -half.Relaxed.Bound);
                else
                    closed = Math.Max(closed, half.Relaxed.Bound);
            }
        }
        var bound = Math.Min(root.Relaxed.Bound, Math.Max(best.Return, closed));
        return Of(cells, best.Spends, new(bound, root.Relaxed.Price, nodes), budget, groups);
    }

    private sealed record Division(double[] Spends, double Return);

    /// <summary>
    /// A relaxed solution is a division of the true problem too; the cells that it puts on the concave part of their curves are then brought
    /// to equal slopes. Kept only where it beats what there is.
    /// </summary>
    private static Division Better(IReadOnlyList<SpendCell> cells, double budget, SpendGroups groups, double[] relaxed, Division? best)
    {
        best = Best(cells, relaxed, best);
        if (EqualSlopes(cells, relaxed, budget, groups) is { } even)
            best = Best(cells, even, best);
        return best;
    }

    private static Division Best(IReadOnlyList<SpendCell> cells, double[] spends, Division? best)
    {
        var returns = 0.0;
        for (var i = 0; i < spends.Length; i++)
            returns += cells[i].Curve.Return(spends[i]);
        return best is null || returns > best.Return ? new(spends, returns) : best;
    }

    private static double[]? EqualSlopes(IReadOnlyList<SpendCell> cells, double[] spends, double budget, SpendGroups groups)
    {
        var low = new double[spends.Length];
        var high = new double[spends.Length];
        for (var i = 0; i < spends.Length; i++)
        {
            var inflection = cells[i].Curve.Inflection;
            var isConcaveHere = spends[i] >= inflection;
            low[i] = isConcaveHere ? Math.Max(cells[i].Least, inflection) : spends[i];
            high[i] = isConcaveHere ? cells[i].Most : spends[i];
        }
        return groups.Allow(low, high, budget) ? Relaxation.Solve(cells, low, high, budget, groups).Spends : null;
    }

    private static OptimalBudget Of(IReadOnlyList<SpendCell> cells, double[] spends, Proof proof, double budget, SpendGroups groups)
    {
        // Sums and differences of figures of very unlike size may end a last bit outside of a bound.
        spends = [.. spends.Select((spend, i) => Math.Clamp(spend, cells[i].Least, cells[i].Most))];
        CellSpend[] divided =
        [
            .. cells.Select((cell, i) => new CellSpend(cell, spends[i], cell.Curve.Return(spends[i]), cell.Curve.Marginal(spends[i]))),
        ];
        var returns = divided.Sum(c => c.Return);
        var bound = Math.Max(proof.Bound, returns);
        return new(divided, spends.Sum(), returns, bound, proof.Price, NextReturn(divided, budget, groups), proof.Nodes, Reason: null);
    }

    // A cell that may take the whole budget may take the euro after it.
    private static double NextReturn(IReadOnlyList<CellSpend> divided, double budget, SpendGroups groups) =>
        groups
            .WithRoom([.. divided.Select(c => c.Spend)])
            .Select(i => divided[i])
            .Where(c => c.Cell.Most >= budget || SpendGroups.HasRoom(c.Spend, c.Cell.Most))
            .Select(c => c.Marginal)
            .DefaultIfEmpty(0)
            .Max();
}
