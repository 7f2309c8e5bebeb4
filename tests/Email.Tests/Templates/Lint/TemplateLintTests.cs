using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Templates.Lint;
using Xunit;

namespace MarketingPlatform.Email.Tests.Templates.Lint;

public class TemplateLintTests
{
    private static readonly Shop Shop = new() { SiteUrl = new("https://tea.example"), PostalAddress = "1 Leaf Street" };
    private const string Foot = "<p>{{ shop.postal_address }} <a href=\"{{ unsubscribe_url }}\">Leave</a></p>";

    private static IReadOnlyList<LintFinding> Check(string html, string subject = "Hello", Shop? shop = null)
    {
        var content = new TemplateContent(TemplateKind.Mail, html, subject);
        var library = new TemplateLibrary(new Dictionary<string, TemplateContent> { ["mail"] = content });
        var mail = library.Mail("mail", null);
        var model = SampleModel.For(shop ?? Shop);
        return TemplateLint.Check(new("mail", content, mail, MailTemplates.Render(mail, model), model, shop ?? Shop));
    }

    [Fact]
    public void A_sound_mail_has_no_findings() => Assert.Empty(Check("<p>Hello {{ customer.first_name | default: 'you' }}</p>" + Foot));

    [Theory]
    [InlineData("{{ customer.first_name }}", "missing-default")]
    [InlineData("{{ coupon.code }}", "missing-default")]
    [InlineData("{{ data.city }}", "missing-default")]
    [InlineData("{{ custmer.name }}", "unknown-variable")]
    [InlineData("<img src=\"https://x.example/a.jpg\" width=\"1\">", "image-alt")]
    [InlineData("<img src=\"\" width=\"1\" alt=\"\">", "image-source")]
    [InlineData("<img src=\"data:image/png;base64,AA\" width=\"1\" alt=\"\">", "image-source")]
    [InlineData("<img src=\"https://x.example/a.jpg\" alt=\"\">", "image-width")]
    [InlineData("<a href=\"\">x</a>", "broken-link")]
    [InlineData("<a href=\"/relative\">x</a>", "broken-link")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>", "broken-link")]
    [InlineData("<a href=\"http://tea.example/\">x</a>", "insecure-link")]
    [InlineData("<a href=\"https://x.example/\"></a>", "empty-link")]
    [InlineData("<p style=\"color:#999999\">x</p>", "contrast")]
    [InlineData("<p style=\"background:#333;color:#555\">x</p>", "contrast")]
    [InlineData("<div style=\"display:flex\">x</div>", "unsupported-css")]
    [InlineData("<div style=\"position:absolute\">x</div>", "unsupported-css")]
    [InlineData("<script>1</script>", "unsupported-html")]
    [InlineData("<form></form>", "unsupported-html")]
    public void What_would_go_wrong_is_found(string html, string rule) =>
        Assert.Equal([rule], Check(html + Foot).Select(finding => finding.Rule).Distinct());

    [Theory]
    [InlineData("{% if customer.first_name %}{{ customer.first_name }}{% endif %}")]
    [InlineData("{% if data.city %}{{ data.city }}{% endif %}")]
    [InlineData("{% assign x = 1 %}{{ x }}{% for y in recommendations %}{{ y.name }}{% endfor %}")]
    [InlineData("<h1 style=\"color:#767676;font-size:30px\">x</h1>")]
    [InlineData("<p style=\"display:none;color:#fff\">x</p>")]
    public void What_is_right_is_not_reported(string html) => Assert.Empty(Check(html + Foot));

    [Fact]
    public void A_mail_without_a_way_out_or_an_address_is_found() =>
        Assert.Equal(["postal-address", "unsubscribe"], Check("<p>x</p>").Select(finding => finding.Rule).Order());

    [Fact]
    public void A_shop_without_postal_address_is_told() =>
        Assert.Equal(
            ["postal-address"],
            Check("<a href=\"{{ unsubscribe_url }}\">x</a>", shop: new Shop { SiteUrl = Shop.SiteUrl }).Select(finding => finding.Rule)
        );

    [Fact]
    public void A_mail_that_gmail_would_clip_is_found() =>
        Assert.Contains(
            Check("<p>" + new string('x', 103 * 1024) + "</p>" + Foot),
            finding => finding is { Rule: "gmail-clip", Severity: "error" }
        );

    [Fact]
    public void A_subject_that_no_inbox_shows_is_found() =>
        Assert.Equal(["long-subject"], Check("<p>x</p>" + Foot, new string('s', 79)).Select(finding => finding.Rule));

    // The examples of WCAG 2.2: black on white, and #767676, the lightest grey that passes on white.
    [Theory]
    [InlineData(0x000000, 21.0)]
    [InlineData(0x767676, 4.54)]
    [InlineData(0xFFFFFF, 1.0)]
    public void Contrast_is_measured_as_wcag_says(int rgb, double contrast) =>
        Assert.Equal(contrast, ContrastRule.Contrast((rgb >> 16, (rgb >> 8) & 255, rgb & 255), (255, 255, 255)), 2);
}
