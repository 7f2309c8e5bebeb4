using System.Net;
using System.Text.RegularExpressions;
using MarketingPlatform.Email.Tracking;
using Xunit;

namespace MarketingPlatform.Email.Tests.Tracking;

public partial class TrackedLinksTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly Guid Mail = Guid.Parse("0193a5b0-0000-7000-8000-000000000001");
    private readonly TrackedLinks links = new(Mail, Key, new("https://door.example"), new("https://tea.example"), "welcome");

    [Fact]
    public void A_link_leads_through_the_door_and_only_to_where_it_led()
    {
        var html = links.Rewrite("<body><a class=\"b\" href=\"https://other.example/a?x=1&amp;y=2\">go</a></body>");

        var address = new Uri(WebUtility.HtmlDecode(Address().Match(html).Groups[1].Value));
        var target = System.Web.HttpUtility.ParseQueryString(address.Query)["u"]!;
        Assert.Equal("door.example", address.Host);
        Assert.Equal("https://other.example/a?x=1&y=2", target);
        var token = address.Segments[^1];
        Assert.Equal(new TrackedTarget(Mail, TrackedKind.Click, 0, 1), TrackingTokens.Read(token, target, Key));
        Assert.Null(TrackingTokens.Read(token, "https://evil.example/", Key));
        Assert.Null(TrackingTokens.Read(token, target, new byte[32]));
    }

    [Fact]
    public void A_changed_token_is_no_token()
    {
        var token = TrackingTokens.Create(new(Mail, TrackedKind.Click, 3, 7), "https://x.example/", Key);
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token[..i] + (token[i] == 'A' ? 'Q' : 'A') + token[(i + 1)..];
            Assert.Null(TrackingTokens.Read(changed, "https://x.example/", Key));
        }
        Assert.Null(TrackingTokens.Read("", "", Key));
        Assert.Null(TrackingTokens.Read(new string('A', 10_000), "", Key));
    }

    [Theory]
    [InlineData("https://tea.example/a", "https://tea.example/a?utm_source=email&utm_medium=email&utm_campaign=welcome")]
    [InlineData("https://tea.example/a?b=1#c", "https://tea.example/a?b=1&utm_source=email&utm_medium=email&utm_campaign=welcome#c")]
    [InlineData("https://tea.example/?utm_source=own", "https://tea.example/?utm_source=own")]
    [InlineData("https://other.example/", "https://other.example/")]
    public void Pages_of_the_shop_get_utm_tags(string url, string tagged) => Assert.Equal(tagged, links.WithUtm(new Uri(url)));

    [Fact]
    public void The_way_out_and_what_is_no_page_stay_as_they_are()
    {
        const string Html =
            "<body><a href=\"https://door.example/email/unsubscribe/abc\">x</a><a href=\"mailto:a@b.example\">y</a><link href=\"https://x.example/s.css\"><a href=\"#top\">z</a></body>";

        var html = links.Rewrite(Html);

        Assert.Contains("href=\"https://door.example/email/unsubscribe/abc\"", html);
        Assert.Contains("href=\"mailto:a@b.example\"", html);
        Assert.Contains("href=\"https://x.example/s.css\"", html);
        Assert.Contains("href=\"#top\"", html);
        Assert.DoesNotContain("/email/l/", html);
    }

    [Fact]
    public void The_same_mail_gets_the_same_links_each_time() =>
        Assert.Equal(links.Rewrite("<a href=\"https://x.example/\">x</a>"), links.Rewrite("<a href=\"https://x.example/\">x</a>"));

    [GeneratedRegex("href=\"([^\"]+)\"")]
    private static partial Regex Address();
}
