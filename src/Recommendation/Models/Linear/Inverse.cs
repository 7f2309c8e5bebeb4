using System.Numerics.Tensors;

namespace MarketingPlatform.Recommendation.Models.Linear;

/// <summary>
/// The inverse of a symmetric positive definite matrix, in place.
/// <para>
/// Managed: the symmetric sweep (Beaton 1964; Goodnight, The American Statistician 1979), blocked. With D the inverse of the pivot
/// block (by Cholesky, in doubles) and P the pivot's panel, <c>A −= PᵀDP</c> on the rest, <c>DP</c> in place of the panel, −D in place
/// of the pivot; after all pivots A holds −A⁻¹. Only the lower half is computed: n³/2 multiplications, as Cholesky with inversion
/// needs, but in one kind of loop. Every pivot is a Schur complement of a positive definite matrix, hence positive definite itself.
/// </para>
/// <para>OpenBLAS, where <see cref="OpenBlas.IsPresent"/>: spotrf and spotri.</para>
/// </summary>
internal static class Inverse
{
    private const int Block = 96;
    private const int Strip = 64;

    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static void InPlace(SymmetricMatrix matrix, int threads, CancellationToken ct)
    {
        if (OpenBlas.IsPresent && matrix.Size >= Block)
        {
            OpenBlas.Invert(matrix);
            return;
        }
        Managed(matrix, threads, ct);
    }

    /// <summary>The managed kernel, whether OpenBLAS is there or not.</summary>
    public static void Managed(SymmetricMatrix matrix, int threads, CancellationToken ct)
    {
        var (n, stride) = (matrix.Size, matrix.Stride);
        var panel = new float[Block * stride];
        var times = new float[Block * stride];
        var packed = new float[Block * stride];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct };
        for (var start = 0; start < n; start += Block)
        {
            ct.ThrowIfCancellationRequested();
            var (first, size) = (start, Math.Min(Block, n - start));
            var pivot = InvertPivot(matrix, first, size);
            ReadPanel(matrix, first, size, panel);
            Parallel.For(
                0,
                size,
                options,
                p =>
                {
                    var row = times.AsSpan(p * stride, stride);
                    row.Clear();
                    for (var q = 0; q < size; q++)
                    {
                        TensorPrimitives.MultiplyAdd(panel.AsSpan(q * stride, stride), pivot[(p * size) + q], row, row);
                    }
                }
            );
            Pack(panel, packed, stride, size);
            var strips = (n + Strip - 1) / Strip;
            // The last rows have most columns: they go first, so that no thread ends long after the others.
            Parallel.For(0, strips, options, s => Update(matrix, times, packed, size, (strips - 1 - s) * Strip));
            WritePanel(matrix, first, size, times, pivot);
        }
        for (var row = 0; row < n; row++)
        {
            var half = matrix.Row(row)[..(row + 1)];
            TensorPrimitives.Negate(half, half);
            matrix.Row(row)[(row + 1)..].Clear();
        }
        matrix.MirrorLower();
    }

    private static float[] InvertPivot(SymmetricMatrix matrix, int first, int size)
    {
        var lower = new double[size * size];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                lower[(row * size) + column] = matrix[first + row, first + column];
            }
        }
        Cholesky.Factor(lower, size);
        var inverse = new float[size * size];
        var unit = new double[size];
        for (var column = 0; column < size; column++)
        {
            Array.Clear(unit);
            unit[column] = 1;
            Cholesky.Solve(lower, size, unit);
            for (var row = 0; row < size; row++)
            {
                inverse[(row * size) + column] = (float)unit[row];
            }
        }
        return inverse;
    }

    /// <summary>Row p of the panel: what pivot p has in common with every row outside of the block; 0 inside.</summary>
    private static void ReadPanel(SymmetricMatrix matrix, int first, int size, float[] panel)
    {
        for (var p = 0; p < size; p++)
        {
            var row = panel.AsSpan(p * matrix.Stride, matrix.Stride);
            row.Clear();
            matrix.Row(first + p)[..first].CopyTo(row);
        }
        for (var below = first + size; below < matrix.Size; below++)
        {
            var values = matrix.Row(below).Slice(first, size);
            for (var p = 0; p < size; p++)
            {
                panel[(p * matrix.Stride) + below] = values[p];
            }
        }
    }

    /// <summary>Tile by tile, so that the kernel reads memory in order.</summary>
    private static void Pack(float[] panel, float[] packed, int stride, int size)
    {
        var width = Tile.Columns;
        for (var column = 0; column < stride; column += width)
        {
            for (var p = 0; p < size; p++)
            {
                panel.AsSpan((p * stride) + column, width).CopyTo(packed.AsSpan((column * size) + (p * width)));
            }
        }
    }

    private static void Update(SymmetricMatrix matrix, float[] times, float[] packed, int size, int firstRow)
    {
        var (stride, width) = (matrix.Stride, Tile.Columns);
        var rows = Math.Min(Strip, matrix.Size - firstRow);
        Span<float> left = stackalloc float[Block * Strip];
        left.Clear();
        for (var p = 0; p < size; p++)
        {
            times.AsSpan((p * stride) + firstRow, rows).CopyTo(left[(p * Strip)..]);
        }
        for (var column = 0; column < firstRow + rows; column += width)
        {
            var right = packed.AsSpan(column * size, size * width);
            for (var row = 0; row < rows; row += Tile.Rows)
            {
                if (column <= firstRow + row + Tile.Rows - 1)
                {
                    var corner = matrix.Values.AsSpan(((firstRow + row) * stride) + column);
                    Tile.MultiplyAdd(corner, stride, left[row..], Strip, right, width, size, -1);
                }
            }
        }
    }

    private static void WritePanel(SymmetricMatrix matrix, int first, int size, float[] times, float[] pivot)
    {
        for (var p = 0; p < size; p++)
        {
            times.AsSpan(p * matrix.Stride, first).CopyTo(matrix.Row(first + p));
            for (var q = 0; q <= p; q++)
            {
                matrix[first + p, first + q] = -pivot[(p * size) + q];
            }
        }
        for (var below = first + size; below < matrix.Size; below++)
        {
            var values = matrix.Row(below).Slice(first, size);
            for (var p = 0; p < size; p++)
            {
                values[p] = times[(p * matrix.Stride) + below];
            }
        }
    }
}
