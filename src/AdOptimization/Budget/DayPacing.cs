namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Spreads a day's budget over the day, so that it is neither gone by noon nor left at midnight.</summary>
/// <remarks>
/// Each interval may spend its share of what is left by the day's usual traffic, and somewhat more, so that a slow interval is made up for;
/// never more than is left. With the caps kept, the day cannot be overspent.
/// </remarks>
internal static class DayPacing
{
    /// <summary>By how much an interval may go beyond its share: chance makes intervals uneven.</summary>
    private const double Headroom = 1.3;

    /// <param name="planned">Cents of the day.</param>
    /// <param name="spent">Cents until now; more than planned caps everything at nothing.</param>
    /// <param name="traffic">Usual traffic of each interval of the day, in any unit; none negative.</param>
    /// <param name="interval">The coming one, from 0.</param>
    /// <returns>Cents that the coming interval may spend at most.</returns>
    public static long Cap(long planned, long spent, IReadOnlyList<double> traffic, int interval)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(interval);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(interval, traffic.Count);
        var left = Math.Max(0, planned - spent);
        var ahead = traffic.Skip(interval).Sum();
        // The last intervals take what is left: there is nobody after them to make up.
        return ahead <= 0 ? left : (long)Math.Min(left, Math.Ceiling(left * traffic[interval] / ahead * Headroom));
    }
}
