using CsCheck;
using MarketingPlatform.Email.Templates;
using Xunit;

namespace MarketingPlatform.Email.Tests.Templates;

public class HtmlTextTests
{
    [Theory]
    [InlineData("<p>One\n   two</p><p>Three</p>", "One two\n\nThree\n")]
    [InlineData("a<br>b", "a\nb\n")]
    [InlineData("<ul><li>One</li><li>Two</li></ul>", "* One\n* Two\n")]
    [InlineData("<table><tr><td>Tea</td><td>€4</td></tr><tr><td>Pot</td><td>€9</td></tr></table>", "Tea €4\nPot €9\n")]
    [InlineData("<a href=\"https://x.example/?a=1&amp;b=2\">Visit</a>", "Visit: https://x.example/?a=1&b=2\n")]
    [InlineData("<a href=\"https://x.example/\">https://x.example/</a>", "https://x.example/\n")]
    [InlineData("<a href=\"https://x.example/\"><img src=\"i\" alt=\"Tea\"></a>Tea", "Tea\n")]
    [InlineData("<head><title>T</title><style>p { }</style></head><body>Body</body>", "Body\n")]
    [InlineData("<div style=\"display:none;\">Hidden <b>deep</b><br></div>Seen", "Seen\n")]
    [InlineData("<div aria-hidden=\"true\">T</div>Seen", "Seen\n")]
    [InlineData("a &lt;b&gt; &amp; &#x27;c&#x27;", "a <b> & 'c'\n")]
    [InlineData("<!-- <p>no</p> -->yes", "yes\n")]
    [InlineData("<a title=\"a > b\" href=\"https://x.example/\">go</a>", "go: https://x.example/\n")]
    public void The_text_of_a_mail_reads_like_the_mail(string html, string text) => Assert.Equal(text, HtmlText.From(html));

    [Theory]
    [InlineData("<")]
    [InlineData("<a href=\"")]
    [InlineData("<div style=\"display:none\">never closed")]
    [InlineData("</td></p><!--")]
    public void Broken_html_ends_too(string html) => Assert.NotNull(HtmlText.From(html));

    [Fact]
    public void However_broken_the_html_is_the_text_is_made() =>
        Gen.String[Gen.Char["<>/ab \"'&;=\n"], 0, 60].Sample(html => Assert.NotNull(HtmlText.From("<p>Tea</p>" + html)), iter: 5_000);
}
