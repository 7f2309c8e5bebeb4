namespace MarketingPlatform.AdOptimization.Response;

/// <summary>
/// What spending returns in a period: 0 at 0, never falling, convex up to <see cref="Inflection"/> and concave from there. Spend and
/// return are in units of money (or whatever the caller counts), zero or more.
/// </summary>
internal abstract record ResponseCurve
{
    /// <value>The spend from which on each further euro returns less than the one before; 0 where that is so from the first, infinite where
    /// it never is.</value>
    public abstract double Inflection { get; }

    public abstract double Return(double spend);

    /// <returns>What the next euro returns at that spend: the slope, which may be infinite at 0.</returns>
    public abstract double Marginal(double spend);

    /// <summary>The spend between <paramref name="low"/> and <paramref name="high"/> at which the next euro returns <paramref name="marginal"/>.</summary>
    /// <param name="low">At least <see cref="Inflection"/>: beyond it the slope falls, so there is one answer.</param>
    /// <returns>A bound where the slope is everywhere above or below.</returns>
    public double SpendAt(double marginal, double low, double high)
    {
        if (!(high > low) || Marginal(low) <= marginal)
            return low;
        return Marginal(high) >= marginal ? high : Math.Clamp(Solve(marginal, low, high), low, high);
    }

    /// <summary>As <see cref="SpendAt"/>, where the answer is known to lie between the bounds: by bisection, to the last bit.</summary>
    protected virtual double Solve(double marginal, double low, double high)
    {
        while (true)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
                return middle;
            if (Marginal(middle) > marginal)
                low = middle;
            else
                high = middle;
        }
    }
}

/// <summary>scale · xˢ / (halfSaturationˢ + xˢ): S-shaped where the shape s is above 1.</summary>
/// <param name="Scale">What unlimited spend would return; zero or more.</param>
/// <param name="HalfSaturation">Spend that returns half of it; above 0.</param>
/// <param name="Shape">Above 0.</param>
internal sealed record HillCurve(double Scale, double HalfSaturation, double Shape) : ResponseCurve
{
    public override double Inflection => Shape > 1 ? HalfSaturation * Math.Pow((Shape - 1) / (Shape + 1), 1 / Shape) : 0;

    public override double Return(double spend) => spend <= 0 ? 0 : Scale / (1 + Math.Pow(HalfSaturation / spend, Shape));

    public override double Marginal(double spend)
    {
        if (Scale == 0)
            return 0;
        if (spend > 0)
        {
            var saturation = 1 / (1 + Math.Pow(HalfSaturation / spend, Shape));
            return Scale * Shape / spend * saturation * (1 - saturation);
        }
        return Shape switch
        {
            < 1 => double.PositiveInfinity,
            1 => Scale / HalfSaturation,
            _ => 0,
        };
    }

    /// <summary>Newton's method on the logarithms, where the slope is nearly straight, held between bounds.</summary>
    protected override double Solve(double marginal, double low, double high)
    {
        var (target, least, most) = (Math.Log(marginal), low > 0 ? Math.Log(low) : -690, Math.Log(high));
        var x = Math.Clamp(Math.Log(HalfSaturation), least, most);
        for (var step = 0; step < 100; step++)
        {
            var saturation = 1 / (1 + Math.Exp(Shape * (Math.Log(HalfSaturation) - x)));
            var slope = Scale * Shape * saturation * (1 - saturation);
            var excess = slope > 0 ? Math.Log(slope) - x - target : double.NegativeInfinity;
            if (excess > 0)
                least = x;
            else
                most = x;
            var next = x - excess / (Shape - 1 - 2 * Shape * saturation);
            if (!(next > least && next < most))
                next = (least + most) / 2;
            if (Math.Abs(next - x) <= 1e-15 * Math.Max(1, Math.Abs(x)))
                return Math.Exp(next);
            x = next;
        }
        return Math.Exp(x);
    }
}

/// <summary>scale · xˢ: concave where the exponent s is below 1, straight at 1.</summary>
/// <param name="Scale">Zero or more.</param>
/// <param name="Exponent">Above 0.</param>
internal sealed record PowerCurve(double Scale, double Exponent) : ResponseCurve
{
    public override double Inflection => Exponent > 1 ? double.PositiveInfinity : 0;

    public override double Return(double spend) => spend <= 0 ? 0 : Scale * Math.Pow(spend, Exponent);

    public override double Marginal(double spend) =>
        Scale == 0 ? 0
        : spend > 0 ? Scale * Exponent * Math.Pow(spend, Exponent - 1)
        : Exponent switch
        {
            < 1 => double.PositiveInfinity,
            1 => Scale,
            _ => 0,
        };

    protected override double Solve(double marginal, double low, double high) =>
        Exponent < 1 ? Math.Pow(marginal / (Scale * Exponent), 1 / (Exponent - 1)) : base.Solve(marginal, low, high);
}

/// <summary>scale · (1 − e^(−rate·x)) / (1 + e^(−rate·x)), the "logistic saturation" of marketing mix models: concave.</summary>
/// <param name="Scale">Zero or more.</param>
/// <param name="Rate">For each unit of spend; above 0.</param>
internal sealed record LogisticCurve(double Scale, double Rate) : ResponseCurve
{
    public override double Inflection => 0;

    public override double Return(double spend) => Scale * Math.Tanh(Rate * spend / 2);

    public override double Marginal(double spend)
    {
        var cosh = Math.Cosh(Rate * spend / 2);
        return Scale * Rate / 2 / (cosh * cosh);
    }

    protected override double Solve(double marginal, double low, double high) =>
        2 / Rate * Math.Acosh(Math.Sqrt(Scale * Rate / (2 * marginal)));
}

/// <summary>The mean of concave curves, each with its probability.</summary>
internal sealed record MixedCurve(IReadOnlyList<(double Weight, HillCurve Curve)> Parts) : ResponseCurve
{
    public override double Inflection => 0;

    public override double Return(double spend)
    {
        var sum = 0.0;
        foreach (var (weight, curve) in Parts)
            sum += weight * curve.Return(spend);
        return sum;
    }

    public override double Marginal(double spend)
    {
        var sum = 0.0;
        foreach (var (weight, curve) in Parts)
            sum += weight * curve.Marginal(spend);
        return sum;
    }
}
