using System.Diagnostics;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Tracker;

/// <summary>The machine's Chromium, installed by apt where it is missing and we may; a test that needs it skips with the reason otherwise.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Path = "/usr/bin/chromium";
    private static readonly TimeSpan InstallFor = TimeSpan.FromMinutes(5);

    private IPlaywright? playwright;
    private IBrowser? browser;
    private string? missing;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Path) && (missing = await InstallAsync()) is not null)
            return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>A browser that remembers nothing.</summary>
    public async Task<IBrowserContext> FreshAsync()
    {
        if (missing is not null)
            Assert.Skip(missing);
        return await browser!.NewContextAsync();
    }

    private static async Task<string?> InstallAsync()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/bin/apt-get"))
            return "Needs Chromium at /usr/bin/chromium; on Debian or Ubuntu: apt-get install chromium";
        using var install = Process.Start(
            new ProcessStartInfo("/usr/bin/apt-get", "install -y -qq chromium") { RedirectStandardOutput = true }
        )!;
        using var patience = new CancellationTokenSource(InstallFor, TimeProvider.System);
        await install.StandardOutput.ReadToEndAsync(patience.Token);
        await install.WaitForExitAsync(patience.Token);
        return File.Exists(Path) ? null : $"apt-get install chromium ended with {install.ExitCode}";
    }
}
