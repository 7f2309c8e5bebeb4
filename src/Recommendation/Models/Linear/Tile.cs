using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MarketingPlatform.Recommendation.Models.Linear;

/// <summary>
/// The one loop in which nearly all time of training goes: <c>C += AᵀB</c> (or <c>−=</c>) for a tile of C that stays in registers, 4
/// rows by 3 vectors. A and B are given row by row of the summed dimension.
/// </summary>
internal static class Tile
{
    public const int Rows = 4;

    /// <summary>Columns of a tile; what the kernel touches is padded to a multiple of it.</summary>
    public static readonly int Columns = 3 * Vector<float>.Count;

    public static int Pad(int size) => (size + Columns - 1) / Columns * Columns;

    /// <summary><c>c[r, s] ±= Σ over p &lt; depth of a[p, r]·b[p, s]</c>, r &lt; 4, s &lt; <see cref="Columns"/>.</summary>
    /// <param name="c">At the tile's upper left corner; likewise <paramref name="a"/> and <paramref name="b"/> at their first row.</param>
    /// <param name="sign">1 adds, −1 subtracts.</param>
    public static void MultiplyAdd(
        Span<float> c,
        int cStride,
        ReadOnlySpan<float> a,
        int aStride,
        ReadOnlySpan<float> b,
        int bStride,
        int depth,
        float sign
    )
    {
        if (depth == 0)
        {
            return;
        }
        // The only checks: the loop below reads and writes without any.
        _ = c[(3 * cStride) + Columns - 1];
        _ = a[((depth - 1) * aStride) + 3];
        _ = b[((depth - 1) * bStride) + Columns - 1];
        var width = (nuint)Vector<float>.Count;
        Vector<float> c00 = default,
            c01 = default,
            c02 = default,
            c10 = default,
            c11 = default,
            c12 = default;
        Vector<float> c20 = default,
            c21 = default,
            c22 = default,
            c30 = default,
            c31 = default,
            c32 = default;
        ref var left = ref MemoryMarshal.GetReference(a);
        ref var right = ref MemoryMarshal.GetReference(b);
        for (var p = 0; p < depth; p++)
        {
            var b0 = Vector.LoadUnsafe(ref right);
            var b1 = Vector.LoadUnsafe(ref right, width);
            var b2 = Vector.LoadUnsafe(ref right, 2 * width);
            var a0 = new Vector<float>(left);
            c00 = Vector.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector.FusedMultiplyAdd(a0, b1, c01);
            c02 = Vector.FusedMultiplyAdd(a0, b2, c02);
            var a1 = new Vector<float>(Unsafe.Add(ref left, 1));
            c10 = Vector.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector.FusedMultiplyAdd(a1, b1, c11);
            c12 = Vector.FusedMultiplyAdd(a1, b2, c12);
            var a2 = new Vector<float>(Unsafe.Add(ref left, 2));
            c20 = Vector.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector.FusedMultiplyAdd(a2, b1, c21);
            c22 = Vector.FusedMultiplyAdd(a2, b2, c22);
            var a3 = new Vector<float>(Unsafe.Add(ref left, 3));
            c30 = Vector.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector.FusedMultiplyAdd(a3, b1, c31);
            c32 = Vector.FusedMultiplyAdd(a3, b2, c32);
            left = ref Unsafe.Add(ref left, aStride);
            right = ref Unsafe.Add(ref right, bStride);
        }
        var signs = new Vector<float>(sign);
        Store(ref c[0], c00, c01, c02, signs);
        Store(ref c[cStride], c10, c11, c12, signs);
        Store(ref c[2 * cStride], c20, c21, c22, signs);
        Store(ref c[3 * cStride], c30, c31, c32, signs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float c, Vector<float> sum0, Vector<float> sum1, Vector<float> sum2, Vector<float> sign)
    {
        var width = (nuint)Vector<float>.Count;
        Vector.FusedMultiplyAdd(sign, sum0, Vector.LoadUnsafe(ref c)).StoreUnsafe(ref c);
        Vector.FusedMultiplyAdd(sign, sum1, Vector.LoadUnsafe(ref c, width)).StoreUnsafe(ref c, width);
        Vector.FusedMultiplyAdd(sign, sum2, Vector.LoadUnsafe(ref c, 2 * width)).StoreUnsafe(ref c, 2 * width);
    }
}
