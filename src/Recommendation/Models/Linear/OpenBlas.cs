using System.Runtime.InteropServices;

namespace MarketingPlatform.Recommendation.Models.Linear;

/// <summary>
/// OpenBLAS, where the machine has it (Debian and Ubuntu: <c>libopenblas0-pthread</c>). Nothing needs it: it halves the time of large
/// models. <c>MARKETING_OPENBLAS=off</c> leaves it alone.
/// </summary>
internal static partial class OpenBlas
{
    private const string Library = "libopenblas.so.0";

    private static readonly Lazy<bool> Present = new(() =>
        Environment.GetEnvironmentVariable("MARKETING_OPENBLAS") != "off"
        && NativeLibrary.TryLoad(Library, out var handle)
        && NativeLibrary.TryGetExport(handle, "spotrf_", out _)
        && NativeLibrary.TryGetExport(handle, "spotri_", out _)
    );

    public static bool IsPresent => Present.Value;

    /// <summary>As <see cref="Inverse.InPlace"/>.</summary>
    public static void Invert(SymmetricMatrix matrix)
    {
        var (n, stride) = (matrix.Size, matrix.Stride);
        // LAPACK counts column by column: its upper half is our lower one.
        var half = (byte)'U';
        Factor(ref half, ref n, matrix.Values, ref stride, out var info);
        if (info == 0)
        {
            Invert(ref half, ref n, matrix.Values, ref stride, out info);
        }
        if (info != 0)
        {
            throw new ArithmeticException($"The matrix is not positive definite (LAPACK says {info}).");
        }
        matrix.MirrorLower();
    }

    [LibraryImport(Library, EntryPoint = "spotrf_")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Factor(ref byte half, ref int n, [In, Out] float[] a, ref int stride, out int info);

    [LibraryImport(Library, EntryPoint = "spotri_")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Invert(ref byte half, ref int n, [In, Out] float[] a, ref int stride, out int info);
}
