using System.Security.Cryptography;

namespace MarketingPlatform.LocalServers.Processes;

/// <summary>A file that only its owner may read (0600), from the moment it is there.</summary>
internal static class PrivateFile
{
    /// <summary>A secret that needs no quoting anywhere.</summary>
    public static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public static async Task WriteAsync(string path, string text, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new StreamWriter(path, options);
        await file.WriteAsync(text.AsMemory(), ct);
    }
}
