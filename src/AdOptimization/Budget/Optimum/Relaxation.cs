namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>
/// The problem with each curve replaced by its <see cref="Envelope"/>: concave, so its optimum is where all marginal returns equal one price.
/// </summary>
/// <remarks>
/// Groups nest: a group whose cells would at that price take more than its maximum (or less than its minimum) takes just that, at a price of
/// its own: the price of all and the multiplier of its limit. So the bound stays a value of the Lagrangian dual, and the search for the price
/// stays in one dimension, because what groups take falls in the price as what cells take does.
/// </remarks>
/// <param name="Spends">They sum to the budget.</param>
/// <param name="Bound">At least what any division of the true problem within the same bounds returns.</param>
internal readonly record struct Relaxation(double[] Spends, double Bound, double Price)
{
    /// <summary>The groups allow the budget; the caller makes sure of that.</summary>
    public static Relaxation Solve(IReadOnlyList<SpendCell> cells, double[] low, double[] high, double budget, SpendGroups groups)
    {
        var envelopes = new Envelope[cells.Count];
        for (var i = 0; i < envelopes.Length; i++)
            envelopes[i] = new Envelope(cells[i].Curve, low[i], high[i]);
        var shares = new Share[groups.All.Length];
        for (var g = 0; g < shares.Length; g++)
        {
            var (least, most) = groups.All[g].Between(low, high);
            shares[g] = new(groups.All[g].Members, least, most);
        }

        // A budget of just the least or the most leaves nothing to weigh between groups, and has no price.
        if (budget <= shares.Sum(s => s.Least) * (1 + Rounding))
            shares = [.. shares.Select(s => s with { Most = s.Least })];
        else if (budget >= shares.Sum(s => s.Most) * (1 - Rounding))
            shares = [.. shares.Select(s => s with { Least = s.Most })];

        var (cheap, dear) = MeetingPrices(envelopes, shares, budget);
        var spends = new double[envelopes.Length];
        var (value, taken) = (0.0, 0.0);
        foreach (var share in shares)
        {
            value += share.Take(envelopes, spends, dear);
            taken += share.SumOf(spends);
        }
        // Of a group at its limit the value is the bound of its own problem, with just that to spend.
        var bound = value + dear * (budget - taken);
        Fill(envelopes, shares, spends, budget, cheap);
        return new(spends, bound, dear);
    }

    /// <summary>Sums that differ by less are the same: a price times the difference would be a bound of nothing.</summary>
    private const double Rounding = 1e-12;

    /// <summary>A group in one relaxation.</summary>
    private readonly record struct Share(IReadOnlyList<int> Members, double Least, double Most)
    {
        public double Demand(Envelope[] envelopes, double price)
        {
            var sum = 0.0;
            for (var i = 0; i < Members.Count; i++)
                sum += envelopes[Members[i]].Demand(price);
            return sum;
        }

        public double Kept(double demand) => Math.Max(Least, Math.Min(Most, demand));

        public double SumOf(double[] spends)
        {
            var sum = 0.0;
            for (var i = 0; i < Members.Count; i++)
                sum += spends[Members[i]];
            return sum;
        }

        /// <summary>Spends of the members when money costs <paramref name="price"/>.</summary>
        /// <returns>A bound of what they return.</returns>
        public double Take(Envelope[] envelopes, double[] spends, double price)
        {
            var demand = Demand(envelopes, price);
            var kept = Kept(demand);
            if (kept == demand)
                return Buy(envelopes, spends, price);
            var (least, most) = (Members.Sum(i => envelopes[i].Low), Members.Sum(i => envelopes[i].High));
            var isLeast = kept <= least * (1 + Rounding);
            if (isLeast || kept >= most * (1 - Rounding))
                return Members.Sum(i =>
                {
                    spends[i] = isLeast ? envelopes[i].Low : envelopes[i].High;
                    return envelopes[i].Value(spends[i]);
                });
            Share[] alone = [new(Members, least, most)];
            var (cheap, dear) = MeetingPrices(envelopes, alone, kept);
            var value = Buy(envelopes, spends, dear);
            var bound = value + dear * (kept - SumOf(spends));
            Fill(envelopes, alone, spends, kept, cheap);
            return bound;
        }

        private double Buy(Envelope[] envelopes, double[] spends, double price)
        {
            var value = 0.0;
            for (var i = 0; i < Members.Count; i++)
            {
                var member = Members[i];
                spends[member] = envelopes[member].Demand(price);
                value += envelopes[member].Value(spends[member]);
            }
            return value;
        }
    }

    /// <summary>
    /// The prices between which demand meets the budget; one of them where it does so exactly. Demand falls in the price: the search is on
    /// its logarithm, because prices span many decades, by interpolation and, so that jumps cannot slow it, every third time by halving.
    /// </summary>
    private static (double Cheap, double Dear) MeetingPrices(Envelope[] envelopes, Share[] shares, double budget)
    {
        var (cheap, dear) = (Math.Log(1e-300), Math.Log(1e300));
        var (much, little) = (Demand(envelopes, shares, 1e-300), Demand(envelopes, shares, 1e300));
        // Every group takes what it must, whatever the price.
        if (much <= little)
            return (1, 1);
        for (var step = 1; step <= 300; step++)
        {
            var part = step % 3 == 0 ? 0.5 : Math.Clamp((much - budget) / (much - little), 1e-3, 1 - 1e-3);
            var middle = cheap + part * (dear - cheap);
            if (middle <= cheap || middle >= dear)
                break;
            var demand = Demand(envelopes, shares, Math.Exp(middle));
            if (Math.Abs(demand - budget) <= 1e-15 * budget)
                return (Math.Exp(middle), Math.Exp(middle));
            if (demand > budget)
                (cheap, much) = (middle, demand);
            else
                (dear, little) = (middle, demand);
        }
        return (Math.Exp(cheap), Math.Exp(dear));
    }

    private static double Demand(Envelope[] envelopes, Share[] shares, double price)
    {
        var sum = 0.0;
        foreach (var share in shares)
            sum += share.Kept(share.Demand(envelopes, price));
        return sum;
    }

    /// <summary>
    /// At one price a straight piece takes anything between its ends: what is left of the budget goes to those, one after the other, so that
    /// one cell at most stays in the middle of its line. Where money returns nothing any more the rest goes anywhere.
    /// </summary>
    private static void Fill(Envelope[] envelopes, Share[] shares, double[] spends, double budget, double cheap)
    {
        var left = budget;
        foreach (var share in shares)
            left -= share.SumOf(spends);
        foreach (var share in shares)
            Give(share, i => envelopes[i].Demand(cheap));
        foreach (var share in shares)
            Give(share, i => envelopes[i].High);
        foreach (var share in shares)
        {
            var spare = share.SumOf(spends) - share.Least;
            for (var k = 0; k < share.Members.Count && left < 0 && spare > 0; k++)
            {
                var i = share.Members[k];
                var less = Math.Min(Math.Min(-left, spare), spends[i] - envelopes[i].Low);
                (spends[i], left, spare) = (spends[i] - less, left + less, spare - less);
            }
        }

        void Give(Share share, Func<int, double> upTo)
        {
            var room = share.Most - share.SumOf(spends);
            for (var k = 0; k < share.Members.Count && left > 0 && room > 0; k++)
            {
                var i = share.Members[k];
                var more = Math.Min(Math.Min(left, room), Math.Max(0, upTo(i) - spends[i]));
                (spends[i], left, room) = (spends[i] + more, left - more, room - more);
            }
        }
    }
}
