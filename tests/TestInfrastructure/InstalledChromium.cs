using System.Diagnostics;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>The machine's own Chromium. Where it is missing, root on Debian or Ubuntu installs it; else a test that needs it skips and says so.</summary>
public static class InstalledChromium
{
    public const string Missing = "No Chromium: install it ('apt-get install chromium' as root), or name one in MARKETING_TEST_CHROMIUM.";

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly TimeSpan InstallFor = TimeSpan.FromMinutes(5);
    private static readonly Lazy<Task<string?>> Found = new(() => Here() is { } path ? Task.FromResult<string?>(path) : InstallAsync());

    /// <returns>The program's path; null where there is none.</returns>
    public static Task<string?> FindAsync() => Found.Value;

    private static string? Here() => Environment.GetEnvironmentVariable("MARKETING_TEST_CHROMIUM") ?? Places.FirstOrDefault(File.Exists);

    private static async Task<string?> InstallAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
            return null;
        using var patience = new CancellationTokenSource(InstallFor, TimeProvider.System);
        await AptAsync(["update"], patience.Token);
        await AptAsync(["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"], patience.Token);
        return Here();
    }

    private static async Task AptAsync(string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo("/usr/bin/apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var apt = Process.Start(start)!;
        await apt.StandardOutput.ReadToEndAsync(ct);
        await apt.WaitForExitAsync(ct);
    }
}
