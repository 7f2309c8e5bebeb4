using MarketingPlatform.AdOptimization.Response;

namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>
/// The least concave function above a curve between two bounds: a straight line from the lower bound to where it touches the curve, then
/// the curve. Of a concave curve it is the curve itself.
/// </summary>
internal readonly struct Envelope
{
    private readonly ResponseCurve curve;
    private readonly double returnAtLow;

    public Envelope(ResponseCurve curve, double low, double high)
    {
        (this.curve, Low, High) = (curve, low, high);
        returnAtLow = curve.Return(low);
        Touch = TouchOf(curve, low, high, returnAtLow);
        Slope = Touch > low ? (curve.Return(Touch) - returnAtLow) / (Touch - low) : double.PositiveInfinity;
    }

    public double Low { get; }

    public double High { get; }

    /// <value>Where the line ends; <see cref="Low"/> where there is none.</value>
    public double Touch { get; }

    /// <value>Of the line.</value>
    public double Slope { get; }

    public double Value(double spend) => spend >= Touch ? curve.Return(spend) : returnAtLow + Slope * (spend - Low);

    /// <value>Up to which price anything is bought; infinite where the first euro returns without limit.</value>
    public double FirstMarginal => Touch > Low ? Slope : curve.Marginal(Low);

    public double LastMarginal => Touch >= High && Touch > Low ? Slope : curve.Marginal(High);

    /// <returns>The spend that is worth most when money costs <paramref name="price"/> a unit.</returns>
    public double Demand(double price)
    {
        if (Touch > Low && Slope <= price)
            return Low;
        return curve.SpendAt(price, Touch, High);
    }

    private static double TouchOf(ResponseCurve curve, double low, double high, double returnAtLow)
    {
        var inflection = curve.Inflection;
        if (low >= inflection || high <= low)
            return low;
        if (inflection >= high || Lead(high) <= 0)
            return high;
        // The line from the lower bound to x is steeper than the curve at x from the touching point on.
        var (before, after) = (inflection, high);
        while (true)
        {
            var middle = before + (after - before) / 2;
            if (middle <= before || middle >= after)
                return after;
            if (Lead(middle) > 0)
                after = middle;
            else
                before = middle;
        }

        double Lead(double x) => curve.Return(x) - returnAtLow - curve.Marginal(x) * (x - low);
    }
}
