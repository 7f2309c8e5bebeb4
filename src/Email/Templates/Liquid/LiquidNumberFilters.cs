using System.Globalization;
using static MarketingPlatform.Email.Templates.Liquid.LiquidValues;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>The arithmetic of Liquid: whole numbers stay whole, a text counts as the number it begins with, anything else as 0.</summary>
internal static class LiquidNumberFilters
{
    public static object Abs(object? input) => Number(input) is long n ? (object)Math.Abs(n) : Math.Abs(Fraction(input));

    public static object AtLeast(object? input, object? least) => Fraction(input) < Fraction(least) ? Number(least) : Number(input);

    public static object AtMost(object? input, object? most) => Fraction(input) > Fraction(most) ? Number(most) : Number(input);

    public static object Ceil(object? input) => (long)Math.Ceiling(Fraction(input));

    public static object Floor(object? input) => (long)Math.Floor(Fraction(input));

    public static object Plus(object? input, object? other) => Combine(input, other, (a, b) => checked(a + b), (a, b) => a + b);

    public static object Minus(object? input, object? other) => Combine(input, other, (a, b) => checked(a - b), (a, b) => a - b);

    public static object Times(object? input, object? other) => Combine(input, other, (a, b) => checked(a * b), (a, b) => a * b);

    public static object DividedBy(object? input, object? divisor)
    {
        RefuseZero(divisor);
        if (Number(input) is long a && Number(divisor) is long b)
            return (long)Math.Floor((decimal)a / b);
        return (double)Fraction(input) / (double)Fraction(divisor);
    }

    public static object Modulo(object? input, object? divisor)
    {
        RefuseZero(divisor);
        return Combine(input, divisor, (a, b) => a - b * (long)Math.Floor((decimal)a / b), (a, b) => a - b * Math.Floor(a / b));
    }

    public static object Round(object? input, object? digits = null)
    {
        var places =
            digits is null ? 0L
            : Number(digits) is long n ? n
            : (long)Fraction(digits);
        var value = Fraction(input);
        if (places <= 0)
        {
            var unit = (decimal)Math.Pow(10, Math.Min(18, -places));
            return (long)(Math.Round(value / unit, MidpointRounding.AwayFromZero) * unit);
        }
        return Number(input) is long whole ? (object)whole : Math.Round(value, (int)Math.Min(28, places), MidpointRounding.AwayFromZero);
    }

    private static decimal Fraction(object? value) => Convert.ToDecimal(Number(value), CultureInfo.InvariantCulture);

    private static object Combine(object? a, object? b, Func<long, long, long> whole, Func<decimal, decimal, decimal> fraction) =>
        Number(a) is long x && Number(b) is long y ? (object)whole(x, y) : fraction(Fraction(a), Fraction(b));

    private static void RefuseZero(object? divisor)
    {
        if (Fraction(divisor) == 0)
            throw new LiquidFilterException("Nothing can be divided by 0.");
    }
}
