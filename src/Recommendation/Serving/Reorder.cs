namespace MarketingPlatform.Recommendation.Serving;

/// <summary>
/// Whether somebody is due to buy a product again: with the mean time between the orders of it so far as its period, due = time since
/// the last one / period. The score is how often it was bought again, (n − 1) / n, times a bell around due = 1 on the scale of ln(due)
/// (standard deviation ½), so that half a period too early and twice the period too late weigh the same. No I/O.
/// </summary>
internal static class Reorder
{
    private const double Spread = 0.5;
    private const double TooEarly = 0.5;
    private const double TooLate = 3;

    /// <returns>Score in (0, 1) and the period in days; null where nobody is due: bought once, just now, or given up.</returns>
    public static (double Score, double PeriodDays)? Due(Purchase purchase, DateTimeOffset now)
    {
        if (purchase.Times < 2 || purchase.First is not { } first)
        {
            return null;
        }
        var period = (purchase.At - first).TotalDays / (purchase.Times - 1);
        var due = (now - purchase.At).TotalDays / period;
        if (period < 1 || !(due >= TooEarly && due <= TooLate))
        {
            return null;
        }
        var distance = Math.Log(due) / Spread;
        return ((purchase.Times - 1.0) / purchase.Times * Math.Exp(-distance * distance / 2), period);
    }
}
