namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary>Spreads what is left of a period over the days left.</summary>
/// <remarks>
/// At equal marginal value (<see cref="DayResponse"/>); evenly where all days are alike. No day differs from the day before by more than the
/// maximum daily change: amounts are lowered to the highest that keep it, and all days raised until the sum is what is left. Where the first
/// day hangs on one before, that may leave some unspent. What may never be is more than is left: then the change gives way.
/// </remarks>
internal static class DaySpread
{
    /// <param name="left">Cents; nothing to spread where it is not above 0.</param>
    /// <param name="factors">Of each day, how much more or less the same spend brings; one or more.</param>
    /// <param name="before">Cents of the day before the first, in the same period; null where there was none.</param>
    /// <param name="change">By which part of itself a day's amount may change to the next; zero or more.</param>
    /// <returns>Cents of each day; they sum to what is left, or to less where the change does not allow it.</returns>
    public static long[] Of(long left, IReadOnlyList<double> factors, DayResponse response, long? before, double change)
    {
        if (left <= 0 || factors.Count == 0)
            return new long[factors.Count];
        var (least, most) = Reach(before, factors.Count, change);
        if (least.Sum() >= left)
            return Cents(least.Select(l => l / least.Sum() * left), left);
        if (most.Sum() <= left)
            return Cents(most, (long)Math.Floor(most.Sum()));
        // What an ordinary day spends: the more it does, the more all do.
        var (low, high) = (0.0, (double)left);
        while (Days(high).Sum() < left && high < 1e15)
            high *= 2;
        for (var step = 0; step < 200; step++)
        {
            var middle = (low + high) / 2;
            if (Days(middle).Sum() < left)
                low = middle;
            else
                high = middle;
        }
        return Cents(Days(high), left);

        double[] Days(double usual)
        {
            var days = factors.Select(f => response.SpendOf(usual, f)).ToArray();
            for (var i = 0; i < days.Length; i++)
                days[i] = Math.Min(days[i], i == 0 ? most[0] : days[i - 1] * (1 + change));
            if (change < 1)
                for (var i = days.Length - 2; i >= 0; i--)
                    days[i] = Math.Min(days[i], days[i + 1] / (1 - change));
            return [.. days.Select((d, i) => Math.Max(d, least[i]))];
        }
    }

    /// <returns>What each day gets at least and at most if every day falls or rises as far as it may.</returns>
    private static (double[] Least, double[] Most) Reach(long? before, int days, double change)
    {
        var (least, most) = (new double[days], new double[days]);
        for (var i = 0; i < days; i++)
        {
            least[i] = before is > 0 and var from ? from * Math.Pow(Math.Max(0, 1 - change), i + 1) : 0;
            most[i] = before is > 0 and var start ? start * Math.Pow(1 + change, i + 1) : double.PositiveInfinity;
        }
        return (least, most);
    }

    private static long[] Cents(IEnumerable<double> days, long total)
    {
        var ideal = days.ToArray();
        return Apportionment.Divide(total, ideal, new long[ideal.Length], [.. ideal.Select(d => (long)Math.Ceiling(d) + 1)]);
    }
}
