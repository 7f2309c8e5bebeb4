using System.Numerics;
using System.Numerics.Tensors;

namespace MarketingPlatform.Recommendation.Models.Linear;

/// <summary>Small symmetric positive definite systems, in the lower half of a matrix that is stored row by row without padding.</summary>
internal static class Cholesky
{
    /// <summary>Replaces the lower half of A by L with <c>LLᵀ = A</c>; the diagonal then holds 1/L(i,i).</summary>
    /// <exception cref="ArithmeticException">A is not positive definite, or holds NaN.</exception>
    public static void Factor<T>(Span<T> a, int size, int stride = 0)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        stride = stride == 0 ? size : stride;
        for (var row = 0; row < size; row++)
        {
            var here = a.Slice(row * stride, size);
            for (var column = 0; column < row; column++)
            {
                var there = a.Slice(column * stride, size);
                here[column] = (here[column] - TensorPrimitives.Dot<T>(here[..column], there[..column])) * there[column];
            }
            var pivot = here[row] - TensorPrimitives.SumOfSquares<T>(here[..row]);
            if (!(pivot > T.Zero) || T.IsInfinity(pivot))
            {
                throw new ArithmeticException($"The matrix is not positive definite: pivot {row} is {pivot}.");
            }
            here[row] = T.One / T.Sqrt(pivot);
        }
    }

    /// <summary>Solves <c>A x = b</c> for the A of <see cref="Factor"/>; x takes the place of b.</summary>
    public static void Solve<T>(ReadOnlySpan<T> factor, int size, Span<T> b, int stride = 0)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        stride = stride == 0 ? size : stride;
        for (var row = 0; row < size; row++)
        {
            var here = factor.Slice(row * stride, size);
            b[row] = (b[row] - TensorPrimitives.Dot<T>(here[..row], b[..row])) * here[row];
        }
        for (var row = size - 1; row >= 0; row--)
        {
            var here = factor.Slice(row * stride, size);
            var x = b[row] * here[row];
            b[row] = x;
            TensorPrimitives.MultiplyAdd<T>(here[..row], -x, b[..row], b[..row]);
        }
    }
}
