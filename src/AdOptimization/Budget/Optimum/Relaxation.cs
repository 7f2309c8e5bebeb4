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

        var (cheap, dear) = MeetingPrices(envelopes, budget);
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

    /// <summary>
    /// The prices between which demand meets the budget; one of them where it does so exactly. Demand falls in the price: the search is on
    /// its logarithm, because prices span many decades, by interpolation and, so that jumps cannot slow it, every third time by halving.
    /// </summary>
    private static (double Cheap, double Dear) MeetingPrices(Envelope[] envelopes, double budget)
    {
        var (cheap, dear) = (Math.Log(1e-300), Math.Log(1e300));
        var (much, little) = (Demand(envelopes, 1e-300), Demand(envelopes, 1e300));
        for (var step = 1; step <= 300; step++)
        {
            var part = step % 3 == 0 ? 0.5 : Math.Clamp((much - budget) / (much - little), 1e-3, 1 - 1e-3);
            var middle = cheap + part * (dear - cheap);
            if (middle <= cheap || middle >= dear)
                break;
            var demand = Demand(envelopes, Math.Exp(middle));
            if (Math.Abs(demand - budget) <= 1e-15 * budget)
                return (Math.Exp(middle), Math.Exp(middle));
            if (demand > budget)
                (cheap, much) = (middle, demand);
            else
                (dear, little) = (middle, demand);
        }
        return (Math.Exp(cheap), Math.Exp(dear));
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
