using MarketingPlatform.Console.Mail;
using Xunit;

namespace MarketingPlatform.Console.Tests.Mail;

public sealed class MailBodyTests(RunningPlatform platform, Browser browser)
{
    private static readonly Uri Door = new("https://shop.example");

    [Theory]
    [InlineData("<script>alert(1)</script><p>hello")]
    [InlineData("<iframe src='https://x.example'></iframe><p>hello")]
    [InlineData("<form action='https://x.example'><button>go</button></form><p>hello")]
    [InlineData("<meta http-equiv='refresh' content='0;url=https://x.example'><p>hello")]
    [InlineData("<base href='https://x.example'><p>hello")]
    [InlineData("<a href='https://shop.example/email/unsubscribe/token'>x</a><p>hello")]
    [InlineData("<img src='https://shop.example/email/open/token'><p>hello")]
    [InlineData("<img width='1' height='1' src='https://pixel.example/x'><p>hello")]
    public void What_acts_or_calls_home_is_taken_out_of_a_mail(string html)
    {
        var shown = MailBody.Disarm(html, Door);

        Assert.Contains("hello", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("example", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("alert", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_styles_and_pictures_of_products_stay() =>
        Assert.Contains(
            """<td style="color:red">Tea<img src="https://cdn.example/tea.png"></td>""",
            MailBody.Disarm("""<table><tr><td style="color:red">Tea<img src="https://cdn.example/tea.png"></td></tr></table>""", Door),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task The_frame_of_a_mail_is_sandboxed_twice()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        // Ada's own: by now other tests may have sent more mails than a page of the list holds. Not each has a body in HTML.
        var ada = (await platform.GetAsync("/api/v1/customers?userId=u-1"))["items"]![0]!["id"]!.ToString();
        var mail = (await platform.GetAsync($"/api/v1/messages?customer={ada}&status=sent&limit=200"))["items"]!
            .AsArray()
            .First(sent => sent!["automation"]!.ToString() == "welcome")!["id"]!.ToString();
        await page.GotoAsync($"/console/mail/{mail}");
        Assert.Equal("", await page.Locator("iframe").GetAttributeAsync("sandbox"));

        var body = await page.APIRequest.GetAsync($"/console/mail/{mail}/body");

        Assert.StartsWith("sandbox; default-src 'none'", body.Headers["content-security-policy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mails_page_counts_automations_and_filters_by_status()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/mail?status=sent");

        var read = await page.ReadsAsync();
        Assert.Contains("Welcome", read, StringComparison.Ordinal);
        Assert.DoesNotContain("No mail with this status", read, StringComparison.Ordinal);
    }
}
