using System.Net;
using System.Text.RegularExpressions;

namespace MarketingPlatform.EndToEnd.Tests;

[Collection(StandalonePlatform.Shared)]
public sealed class ConsoleInOneProcessTests(StandalonePlatform platform) : ConsoleTests(platform);

[Collection(DistributedPlatform.Shared)]
public sealed class ConsoleBehindTheGatewayTests(DistributedPlatform platform) : ConsoleTests(platform);

/// <summary>The console through the public door, with the password that the first start printed.</summary>
public abstract partial class ConsoleTests(RunningPlatform platform)
{
    [Fact]
    public async Task The_front_page_opens_with_the_password_of_the_first_start_and_brings_its_styles_scripts_and_live_part()
    {
        var password = await RunningPlatform.EventuallyAsync(
            "the first password is printed",
            () =>
                Task.FromResult(
                    FirstPassword().Match(platform.PrintedSinceTheFirstStart) is { Success: true } line
                        ? line.Groups["password"].Value
                        : null
                )
        );
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
        {
            BaseAddress = platform.Door,
        };
        using (var stranger = await GetAsync(browser, "/"))
            Assert.StartsWith("/console/sign-in", stranger.Headers.Location?.ToString(), StringComparison.Ordinal);

        var form = await browser.GetStringAsync(new Uri("/console/sign-in", UriKind.Relative), TestContext.Current.CancellationToken);
        using var fields = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = FormToken().Match(form).Groups["token"].Value,
                ["name"] = "admin",
                ["password"] = password,
            }
        );
        using (
            var welcome = await browser.PostAsync(
                new Uri("/console/sign-in", UriKind.Relative),
                fields,
                TestContext.Current.CancellationToken
            )
        )
            Assert.Equal("/", welcome.Headers.Location?.ToString());

        using var page = await GetAsync(browser, "/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("8 of 8", html, StringComparison.Ordinal);
        var files = Files().Matches(html).Select(match => match.Groups["file"].Value).Distinct().ToArray();
        Assert.Equal(6, files.Length);
        foreach (var file in files)
        {
            using var answer = await GetAsync(browser, file);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{file} answered {(int)answer.StatusCode}");
            Assert.True(answer.Content.Headers.ContentLength > 100, file);
        }
        using var live = await browser.PostAsync(
            new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative),
            null,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Contains(
            "WebSockets",
            await live.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_nobody_offers_is_still_nothing_and_not_the_front_page()
    {
        using var answer = await platform.SendAsync(HttpMethod.Get, "/no-such-path", "read", body: null);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient browser, string path) =>
        browser.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    [GeneratedRegex(@"sign in as 'admin' with the password (?<password>\S+)")]
    private static partial Regex FirstPassword();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("(?:href|src)=\"(?<file>/console/assets/[^\"]+)\"")]
    private static partial Regex Files();
}
