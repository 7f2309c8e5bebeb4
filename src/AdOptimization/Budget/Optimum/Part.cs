namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>A part of the problem in branch and bound: the same cells between narrower bounds.</summary>
internal sealed record Part(double[] Low, double[] High, Relaxation Relaxed)
{
    public static Part Of(IReadOnlyList<SpendCell> cells, double[] low, double[] high, double budget, SpendGroups groups) =>
        new(low, high, Relaxation.Solve(cells, low, high, budget, groups));

    /// <returns>The cell that its envelope flatters most.</returns>
    public int WorstCell(IReadOnlyList<SpendCell> cells)
    {
        var (worst, most) = (0, double.NegativeInfinity);
        for (var i = 0; i < Low.Length; i++)
        {
            var spend = Relaxed.Spends[i];
            var flattery = new Envelope(cells[i].Curve, Low[i], High[i]).Value(spend) - cells[i].Curve.Return(spend);
            if (flattery > most)
                (worst, most) = (i, flattery);
        }
        return worst;
    }

    /// <summary>The part with the cell below its relaxed spend, and the one with the cell above; only what can hold the budget.</summary>
    public IEnumerable<Part> SplitAt(IReadOnlyList<SpendCell> cells, int cell, double budget, SpendGroups groups)
    {
        var at = Relaxed.Spends[cell];
        double[] high = [.. High];
        high[cell] = at;
        if (at < High[cell] && groups.Allow(Low, high, budget))
            yield return Of(cells, Low, high, budget, groups);
        double[] low = [.. Low];
        low[cell] = at;
        if (at > Low[cell] && groups.Allow(low, High, budget))
            yield return Of(cells, low, High, budget, groups);
    }
}
