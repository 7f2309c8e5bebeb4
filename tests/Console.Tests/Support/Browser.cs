using System.Diagnostics;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(MarketingPlatform.Console.Tests.Browser))]

namespace MarketingPlatform.Console.Tests;

/// <summary>One Chromium for all tests: the machine's own, installed here where it is missing and may be; else the tests say why they skip.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? playwright;
    private IBrowser? browser;
    private string? missing;

    public async ValueTask InitializeAsync()
    {
        var path =
            Environment.GetEnvironmentVariable("MARKETING_TEST_CHROMIUM") ?? Places.FirstOrDefault(File.Exists) ?? await InstallAsync();
        if (path is null)
        {
            missing = "No Chromium: install it ('apt-get install chromium' as root), or name one in MARKETING_TEST_CHROMIUM.";
            return;
        }
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>A person before an empty browser. Skips the test where there is no browser.</summary>
    public async Task<IPage> OpenAsync(Uri door, int width = 1360, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(missing is not null, missing ?? "");
        var context = await browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = door.ToString(),
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = scheme,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        // The machine may be busy with other tests.
        context.SetDefaultTimeout(60_000);
        return await context.NewPageAsync();
    }

    private static async Task<string?> InstallAsync()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/bin/apt-get"))
            return null;
        await AptAsync("update");
        await AptAsync("install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core");
        return Places.FirstOrDefault(File.Exists);
    }

    private static async Task AptAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var apt = Process.Start(start)!;
        await apt.StandardOutput.ReadToEndAsync();
        await apt.WaitForExitAsync();
    }
}
