namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Divides whole cents.</summary>
internal static class Apportionment
{
    /// <summary>
    /// As near to the ideal as the bounds allow, spent to the cent: everybody is moved by the same amount from the ideal until the
    /// bounded sum is the total (the nearest point in the least-squares sense), then whole cents go by largest remainder.
    /// </summary>
    /// <param name="total">Cents to spend: at least the sum of <paramref name="low"/>, at most that of <paramref name="high"/>.</param>
    /// <returns>Cents within the bounds; they sum to <paramref name="total"/>.</returns>
    public static long[] Divide(long total, IReadOnlyList<double> ideal, IReadOnlyList<long> low, IReadOnlyList<long> high)
    {
        if (total < low.Sum() || total > high.Sum())
            throw new ArgumentOutOfRangeException(nameof(total), total, "The bounds do not allow this total.");
        double Bounded(int i, double shift) => Math.Clamp(ideal[i] + shift, low[i], high[i]);
        var (down, up) = (-Reach(total, ideal, high), Reach(total, ideal, high));
        for (var step = 0; step < 200; step++)
        {
            var middle = (down + up) / 2;
            if (ideal.Select((_, i) => Bounded(i, middle)).Sum() < total)
                down = middle;
            else
                up = middle;
        }

        var exact = ideal.Select((_, i) => Bounded(i, up)).ToArray();
        var cents = exact.Select((x, i) => Math.Clamp((long)Math.Floor(x), low[i], high[i])).ToArray();
        var byRemainder = Enumerable.Range(0, exact.Length).OrderByDescending(i => exact[i] - cents[i]).ToArray();
        var left = total - cents.Sum();
        for (var turn = 0; left != 0; turn = (turn + 1) % byRemainder.Length)
        {
            // Rounding errors of the search can leave a cent too many; it comes back from those who gained least by the floor.
            var i = left > 0 ? byRemainder[turn] : byRemainder[^(turn + 1)];
            var step = Math.Sign(left);
            if (cents[i] + step < low[i] || cents[i] + step > high[i])
                continue;
            cents[i] += step;
            left -= step;
        }
        return cents;
    }

    /// <summary>
    /// The same where channels have limits: cells of a channel at one of them move by an amount of their own, so that it keeps the limit.
    /// </summary>
    /// <param name="channels">Every cell in one; their limits allow the total.</param>
    public static long[] Divide(
        long total,
        IReadOnlyList<double> ideal,
        IReadOnlyList<long> low,
        IReadOnlyList<long> high,
        IReadOnlyList<ChannelCells> channels
    )
    {
        var least = channels.Select(c => Math.Max(c.Limit.Least, c.Sum(low))).ToArray();
        var most = channels.Select(c => Math.Min(c.Limit.Most, c.Sum(high))).ToArray();
        var (down, up) = (-Reach(total, ideal, high), Reach(total, ideal, high));
        for (var step = 0; step < 200; step++)
        {
            var middle = (down + up) / 2;
            if (Sums(middle).Sum() < total)
                down = middle;
            else
                up = middle;
        }
        var cents = Divide(total, Sums(up), least, most);
        var divided = new long[ideal.Count];
        foreach (var (channel, k) in channels.Select((c, k) => (c, k)))
        {
            T[] Of<T>(IReadOnlyList<T> all) => [.. channel.Members.Select(i => all[i])];
            var inside = Divide(cents[k], Of(ideal), Of(low), Of(high));
            for (var i = 0; i < inside.Length; i++)
                divided[channel.Members[i]] = inside[i];
        }
        return divided;

        double[] Sums(double shift) =>
            [
                .. channels.Select(
                    (c, k) => Math.Clamp(c.Members.Sum(i => Math.Clamp(ideal[i] + shift, low[i], high[i])), least[k], most[k])
                ),
            ];
    }

    private static double Reach(long total, IReadOnlyList<double> ideal, IReadOnlyList<long> high) =>
        total + ideal.Max(Math.Abs) + high.Max() + 1;
}
