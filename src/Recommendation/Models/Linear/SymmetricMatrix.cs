namespace MarketingPlatform.Recommendation.Models.Linear;

/// <summary>A symmetric matrix of floats, row by row, padded so that whole tiles can be computed. The padding is zero.</summary>
internal sealed class SymmetricMatrix
{
    public SymmetricMatrix(int size)
    {
        Size = size;
        Stride = Tile.Pad(size);
        Values = new float[checked((size + Tile.Rows) * Stride)];
    }

    public int Size { get; }

    /// <summary>From a row to the next one.</summary>
    public int Stride { get; }

    public float[] Values { get; }

    /// <summary>Without the padding.</summary>
    public Span<float> Row(int row) => Values.AsSpan(row * Stride, Size);

    public ref float this[int row, int column] => ref Values[(row * Stride) + column];

    public SymmetricMatrix Copy()
    {
        var copy = new SymmetricMatrix(Size);
        Values.CopyTo(copy.Values, 0);
        return copy;
    }

    /// <summary>Makes the upper half the mirror of the lower one.</summary>
    public void MirrorLower()
    {
        const int block = 32;
        for (var first = 0; first < Size; first += block)
        {
            for (var column = 0; column < Size; column++)
            {
                for (var row = Math.Max(first, column + 1); row < Math.Min(first + block, Size); row++)
                {
                    Values[(column * Stride) + row] = Values[(row * Stride) + column];
                }
            }
        }
    }
}
