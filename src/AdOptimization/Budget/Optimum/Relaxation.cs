namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>
/// The problem with each curve replaced by its <see cref="Envelope"/>: concave, so its optimum is where all marginal returns equal one price.
/// </summary>
/// <param name="Spends">They sum to the budget.</param>
/// <param name="Bound">At least what any division of the true problem within the same bounds returns.</param>
internal readonly record struct Relaxation(double[] Spends, double Bound, double Price)
{
    /// <summary>Between the sums of lower and upper bounds the budget can be spent; the caller makes sure that it lies there.</summary>
    public static Relaxation Solve(IReadOnlyList<SpendCell> cells, double[] low, double[] high, double budget)
    {
        var envelopes = new Envelope[cells.Count];
        for (var i = 0; i < envelopes.Length; i++)
            envelopes[i] = new Envelope(cells[i].Curve, low[i], high[i]);

        // Demand falls in the price. The search is on its logarithm, to the last bit: prices span many decades.
        var (cheap, dear) = (1e-300, 1e300);
        for (var step = 0; step < 200; step++)
        {
            var middle = Math.Sqrt(cheap) * Math.Sqrt(dear);
            if (middle <= cheap || middle >= dear)
                break;
            if (Demand(envelopes, middle) > budget)
                cheap = middle;
            else
                dear = middle;
        }

        var spends = new double[envelopes.Length];
        var value = dear * budget;
        for (var i = 0; i < spends.Length; i++)
        {
            spends[i] = envelopes[i].Demand(dear);
            value += envelopes[i].Value(spends[i]) - dear * spends[i];
        }
        Fill(envelopes, spends, budget, cheap);
        return new(spends, value, dear);
    }

    private static double Demand(Envelope[] envelopes, double price)
    {
        var sum = 0.0;
        foreach (var envelope in envelopes)
            sum += envelope.Demand(price);
        return sum;
    }

    /// <summary>
    /// At one price a straight piece takes anything between its ends: what is left of the budget goes to those, one after the other, so that
    /// one cell at most stays in the middle of its line. Where money returns nothing any more the rest goes anywhere.
    /// </summary>
    private static void Fill(Envelope[] envelopes, double[] spends, double budget, double cheap)
    {
        var left = budget - spends.Sum();
        for (var i = 0; i < spends.Length && left > 0; i++)
            Give(i, envelopes[i].Demand(cheap));
        for (var i = 0; i < spends.Length && left > 0; i++)
            Give(i, envelopes[i].High);
        for (var i = 0; i < spends.Length && left < 0; i++)
        {
            var less = Math.Min(-left, spends[i] - envelopes[i].Low);
            spends[i] -= less;
            left += less;
        }

        void Give(int i, double upTo)
        {
            var more = Math.Clamp(left, 0, Math.Max(0, upTo - spends[i]));
            spends[i] += more;
            left -= more;
        }
    }
}
