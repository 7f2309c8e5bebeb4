namespace MarketingPlatform.Experimentation.Intervals;

/// <summary>Interval for the difference of two independent proportions, in percentage points by 100: variant minus control.</summary>
/// <remarks>
/// R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods", Statistics in
/// Medicine 17 (1998) 873–890, method 10: a hybrid of the two arms' Wilson intervals, without continuity correction. Coverage
/// stays near the nominal
/// one with small and with lopsided arms, and the bounds never leave −1 to 1.
/// </remarks>
public static class NewcombeInterval
{
    /// <param name="first">The arm whose rate is the minuend.</param>
    /// <param name="second">The arm whose rate is subtracted.</param>
    /// <param name="confidence">Two-sided, strictly between 0 and 1.</param>
    /// <returns>Rate of <paramref name="first"/> minus rate of <paramref name="second"/> and its bounds, all −1 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A default <see cref="Proportion"/> (no trial), or a confidence outside 0 to
    /// 1.</exception>
    public static Interval Of(Proportion first, Proportion second, double confidence = 0.95)
    {
        var a = WilsonInterval.Of(first, confidence);
        var b = WilsonInterval.Of(second, confidence);
        var difference = a.Estimate - b.Estimate;
        var down = Hypotenuse(a.Estimate - a.Lower, b.Upper - b.Estimate);
        var up = Hypotenuse(a.Upper - a.Estimate, b.Estimate - b.Lower);
        return new Interval(difference, Math.Max(-1, difference - down), Math.Min(1, difference + up));
    }

    private static double Hypotenuse(double x, double y) => Math.Sqrt(x * x + y * y);
}
