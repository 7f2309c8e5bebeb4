using System.Numerics;
using System.Runtime.InteropServices;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>Sums over series, several values at a time.</summary>
internal static class Vectors
{
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var x = MemoryMarshal.Cast<double, Vector<double>>(a);
        var y = MemoryMarshal.Cast<double, Vector<double>>(b);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < x.Length; i++)
            sums += x[i] * y[i];
        var sum = Vector.Sum(sums);
        for (var i = x.Length * Vector<double>.Count; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>a ← a + factor · b.</summary>
    public static void AddScaled(Span<double> a, ReadOnlySpan<double> b, double factor)
    {
        var x = MemoryMarshal.Cast<double, Vector<double>>(a);
        var y = MemoryMarshal.Cast<double, Vector<double>>(b);
        for (var i = 0; i < x.Length; i++)
            x[i] += y[i] * factor;
        for (var i = x.Length * Vector<double>.Count; i < a.Length; i++)
            a[i] += b[i] * factor;
    }
}
