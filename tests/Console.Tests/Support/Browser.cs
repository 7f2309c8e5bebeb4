using MarketingPlatform.TestInfrastructure;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(MarketingPlatform.Console.Tests.Browser))]

namespace MarketingPlatform.Console.Tests;

/// <summary>One Chromium for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (await InstalledChromium.FindAsync() is not { } path)
            return;
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
        Assert.SkipWhen(browser is null, InstalledChromium.Missing);
        var context = await browser.NewContextAsync(
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
}
