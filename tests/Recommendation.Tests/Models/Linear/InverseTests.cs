using MarketingPlatform.Recommendation.Models.Linear;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models.Linear;

public sealed class InverseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(96)]
    [InlineData(97)]
    [InlineData(251)]
    public void A_matrix_times_its_inverse_is_the_identity(int size)
    {
        var matrix = Random(size, new Random(size));
        var inverse = matrix.Copy();

        Inverse.Managed(inverse, 2, Ct);

        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                var sum = 0.0;
                for (var at = 0; at < size; at++)
                {
                    sum += (double)matrix[row, at] * inverse[at, column];
                }
                Assert.Equal(row == column ? 1 : 0, sum, 3);
            }
        }
    }

    [Fact]
    public void OpenBlas_and_the_managed_kernel_agree()
    {
        Assert.SkipUnless(OpenBlas.IsPresent, "libopenblas.so.0 is not on this machine (apt-get install libopenblas0-pthread).");
        var managed = Random(300, new Random(1));
        var native = managed.Copy();

        Inverse.Managed(managed, 2, Ct);
        OpenBlas.Invert(native);

        for (var row = 0; row < 300; row++)
        {
            for (var column = 0; column < 300; column++)
            {
                Assert.Equal(managed[row, column], native[row, column], 4);
            }
        }
    }

    [Fact]
    public void What_is_not_positive_definite_is_refused()
    {
        var matrix = new SymmetricMatrix(2);
        (matrix[0, 0], matrix[1, 0], matrix[0, 1], matrix[1, 1]) = (1, 2, 2, 1);

        Assert.Throws<ArithmeticException>(() => Inverse.Managed(matrix, 1, Ct));
    }

    [Fact]
    public void The_kernel_adds_what_a_plain_loop_adds()
    {
        var random = new Random(3);
        var (depth, width) = (17, Tile.Columns);
        float[] a = [.. Enumerable.Range(0, depth * 4).Select(_ => random.NextSingle())];
        float[] b = [.. Enumerable.Range(0, depth * width).Select(_ => random.NextSingle())];
        var c = new float[4 * width];

        Tile.MultiplyAdd(c, width, a, 4, b, width, depth, -1);

        for (var row = 0; row < 4; row++)
        {
            for (var column = 0; column < width; column++)
            {
                Assert.Equal(
                    -Enumerable.Range(0, depth).Sum(p => a[(p * 4) + row] * b[(p * width) + column]),
                    c[(row * width) + column],
                    3
                );
            }
        }
    }

    /// <summary>BᵀB + I/2 of a random B: positive definite, and far from diagonal.</summary>
    private static SymmetricMatrix Random(int size, Random random)
    {
        double[][] b =
        [
            .. Enumerable.Range(0, size).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.3).ToArray()),
        ];
        var matrix = new SymmetricMatrix(size);
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                matrix[row, column] =
                    (float)(Enumerable.Range(0, size).Sum(at => b[at][row] * b[at][column]) / size) + (row == column ? 0.5f : 0);
            }
        }
        return matrix;
    }
}
