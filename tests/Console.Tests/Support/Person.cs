using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace MarketingPlatform.Console.Tests;

/// <summary>What a person does before a browser.</summary>
internal static class Person
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    public static async Task SignsInAsync(this IPage page, string name = "admin", string password = RunningPlatform.AdminPassword)
    {
        await page.GotoAsync("/console/sign-in");
        await page.TriesToSignInAsync(name, password);
        await page.ArrivesAsync(options => page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal), options));
    }

    public static async Task TriesToSignInAsync(this IPage page, string name, string password)
    {
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForLoadStateAsync();
    }

    /// <summary>Waits until the page at an address (<c>**</c> stands for anything) is open.</summary>
    /// <exception cref="TimeoutException">It is not for a minute.</exception>
    public static Task ArrivesAtAsync(this IPage page, string address) =>
        page.ArrivesAsync(options => page.WaitForURLAsync(address, options));

    public static Task<string> ReadsAsync(this IPage page) => page.InnerTextAsync("body");

    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name });

    public static ILocator Link(this IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name });

    /// <returns>What would keep somebody from using the page that is open: what axe calls serious, and what does not fit the window.</returns>
    public static async Task<IReadOnlyList<string>> FaultsAsync(this IPage page, int width)
    {
        var path = new Uri(page.Url).PathAndQuery;
        // Not into frames: a mail's runs no script, ours neither.
        await page.EvaluateAsync(Axe);
        var faults = (
            await page.EvaluateAsync<string[]>(
                """
                async () => (await axe.run(document, { iframes: false, resultTypes: ['violations'] })).violations
                    .filter(violation => ['serious', 'critical'].includes(violation.impact))
                    .flatMap(violation => violation.nodes.map(node => `${violation.id}: ${node.html}`))
                """
            )
        ).Select(fault => $"{path}: {fault}").ToList();
        if (await page.EvaluateAsync<int>("document.documentElement.scrollWidth") > width)
            faults.Add($"{path} is too wide for {width} px");
        return faults;
    }

    // Playwright looks at the address first and listens then: an arrival in between is missed, so it is made to look again.
    private static async Task ArrivesAsync(this IPage page, Func<PageWaitForURLOptions, Task> waitAsync)
    {
        for (var left = 12; ; left--)
        {
            try
            {
                await waitAsync(new PageWaitForURLOptions { Timeout = 5_000 });
                return;
            }
            catch (TimeoutException late) when (left == 1)
            {
                throw new TimeoutException($"Still at {page.Url}: {late.Message}", late);
            }
            catch (TimeoutException) { }
        }
    }
}
