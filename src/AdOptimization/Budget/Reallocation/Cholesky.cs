namespace MarketingPlatform.AdOptimization.Budget.Reallocation;

internal static class Cholesky
{
    /// <summary>Solves A x = b for a symmetric positive definite A, which is overwritten.</summary>
    public static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        double[] x = [.. b];
        for (var j = 0; j < n; j++)
        {
            for (var k = 0; k < j; k++)
            for (var i = j; i < n; i++)
                a[i, j] -= a[i, k] * a[j, k];
            var root = Math.Sqrt(a[j, j]);
            for (var i = j; i < n; i++)
                a[i, j] /= root;
        }
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
                x[i] -= a[i, k] * x[k];
            x[i] /= a[i, i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
                x[i] -= a[k, i] * x[k];
            x[i] /= a[i, i];
        }
        return x;
    }
}
