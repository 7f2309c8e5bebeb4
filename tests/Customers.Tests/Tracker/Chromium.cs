using MarketingPlatform.TestInfrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Tracker;

/// <summary>One Chromium for the tests of the tracker.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (await InstalledChromium.FindAsync() is not { } path)
            return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] });
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
        Assert.SkipWhen(browser is null, InstalledChromium.Missing);
        return await browser.NewContextAsync();
    }
}
