using Microsoft.Playwright;

namespace MarketingPlatform.Console.Tests;

/// <summary>What a person does before a browser.</summary>
internal static class Person
{
    public static async Task SignsInAsync(this IPage page, string name = "admin", string password = RunningPlatform.AdminPassword)
    {
        await page.GotoAsync("/console/sign-in");
        await page.TriesToSignInAsync(name, password);
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
    }

    public static async Task TriesToSignInAsync(this IPage page, string name, string password)
    {
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForLoadStateAsync();
    }

    public static Task<string> ReadsAsync(this IPage page) => page.InnerTextAsync("body");

    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name });

    public static ILocator Link(this IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name });
}
