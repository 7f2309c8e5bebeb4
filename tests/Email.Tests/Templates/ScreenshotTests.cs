using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.TestInfrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Email.Tests.Templates;

/// <summary>
/// Looks at starter templates in a browser. The pictures go to artifacts; with MARKETING_WRITE_SCREENSHOTS=1 to docs/screenshots, where
/// readers find them.
/// </summary>
public sealed class ScreenshotTests
{
    private const string WriteVariable = "MARKETING_WRITE_SCREENSHOTS";

    private static readonly Shop Shop = new()
    {
        Name = "Leaf & Pot",
        SiteUrl = new("https://leaf.example"),
        PublicUrl = new("https://mail.leaf.example"),
        PostalAddress = "1 Leaf Street, 28195 Bremen",
    };

    [Theory]
    [InlineData("welcome", "en")]
    [InlineData("abandoned-cart", "de")]
    [InlineData("recommendations", "fr")]
    public async Task A_starter_fits_a_desk_and_a_phone(string name, string locale)
    {
        var chromium = await InstalledChromium.FindAsync();
        Assert.SkipWhen(chromium is null, InstalledChromium.Missing);
        var html = new MailTemplates().Render(name, Model(locale)).Html;

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu"] }
        );
        foreach (var (kind, width) in new[] { ("desktop", 760), ("mobile", 360) })
        {
            await using var context = await browser.NewContextAsync(
                new()
                {
                    ViewportSize = new() { Width = width, Height = 900 },
                    ColorScheme = ColorScheme.Light,
                    Offline = false,
                }
            );
            var page = await context.NewPageAsync();
            // Nothing is fetched: each picture of a product is drawn here.
            await page.RouteAsync(
                "**/*",
                route => route.FulfillAsync(new() { ContentType = "image/svg+xml", Body = Picture(route.Request.Url) })
            );
            await page.SetContentAsync(html);

            Assert.True(
                await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width,
                $"{name} is wider than {width} pixels."
            );
            Assert.True(await page.EvaluateAsync<bool>("[...document.images].every(image => image.complete && image.naturalWidth > 0)"));
            await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"mail-{name}-{locale}-{kind}.png"), FullPage = true });
        }
    }

    private static string Folder
    {
        get
        {
            var isForReaders = Environment.GetEnvironmentVariable(WriteVariable) == "1";
            var folder = isForReaders
                ? Path.Combine(SourceTree.Root, "docs", "screenshots")
                : Path.Combine(SourceTree.Root, "artifacts", "screenshots");
            Directory.CreateDirectory(folder);
            return folder;
        }
    }

    private static MailModel Model(string locale)
    {
        CartLine[] lines =
        [
            new("tea", "Sencha Uji", 2, 12.5m, "https://leaf.example/sencha", "https://leaf.example/sencha.svg"),
            new("pot", "Kyusu", 1, 39m, "https://leaf.example/kyusu", "https://leaf.example/kyusu.svg"),
        ];
        var reasons = locale switch
        {
            "de" => new[] { "Passt zu Sencha Uji", "Oft zusammen gekauft mit Kyusu", "Beliebt in dieser Woche" },
            "fr" => ["Va bien avec Sencha Uji", "Souvent acheté avec Kyusu", "Apprécié cette semaine"],
            _ => ["Goes with Sencha Uji", "Often bought together with Kyusu", "Liked this week"],
        };
        return new MailModel(
            Shop,
            "Ada",
            new CartContent(lines, lines.Sum(line => line.Quantity * line.UnitPrice), "EUR"),
            [
                Product("matcha", "Matcha Ceremonial", 28, reasons[0]),
                Product("cups", "Yunomi, 2", 24, reasons[1]),
                Product("hojicha", "Hojicha", 9.8m, reasons[2]),
            ],
            new Uri(Shop.PublicUrl, "/email/unsubscribe/abc")
        )
        {
            Language = locale,
            CouponCode = locale == "en" ? "LEAF-7Q4K" : null,
            Data = JsonSerializer.SerializeToElement(new { }),
        };
    }

    private static RecommendedProduct Product(string id, string name, decimal price, string reason) =>
        new(id, name, null, price, "EUR", $"https://leaf.example/{id}", $"https://leaf.example/{id}.svg", 1, reason, "co-purchase");

    private static string Picture(string url)
    {
        var name = Path.GetFileNameWithoutExtension(new Uri(url).AbsolutePath);
        var (ground, ink) = name switch
        {
            "sencha" => ("#dfead5", "#4d7c0f"),
            "kyusu" => ("#f3e2d3", "#9a3412"),
            "matcha" => ("#e3efd0", "#3f6212"),
            "cups" => ("#dde7ee", "#1e5a7a"),
            _ => ("#efe3d0", "#78350f"),
        };
        var shape = name switch
        {
            "kyusu" =>
                "<ellipse cx='84' cy='96' rx='46' ry='36' /><rect x='64' y='46' width='40' height='14' rx='7' /><path d='M126 84 l30 -18 l6 12 l-32 26 z' /><rect x='20' y='88' width='24' height='12' rx='6' />",
            "cups" => "<path d='M40 56 h40 l-6 56 h-28 z' /><path d='M92 72 h36 l-5 40 h-26 z' />",
            _ =>
                "<path d='M84 28 C132 56 132 112 84 140 C36 112 36 56 84 28 z' /><path d='M84 44 v96' stroke='#ffffff' stroke-width='4' />",
        };
        return $"<svg xmlns='http://www.w3.org/2000/svg' width='168' height='168' viewBox='0 0 168 168'><rect width='168' height='168' fill='{ground}' /><g fill='{ink}'>{shape}</g></svg>";
    }
}
