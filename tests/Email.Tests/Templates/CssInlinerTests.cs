using MarketingPlatform.Email.Templates;
using Xunit;

namespace MarketingPlatform.Email.Tests.Templates;

public class CssInlinerTests
{
    [Fact]
    public void Rules_go_into_the_elements_and_media_queries_stay()
    {
        var html = CssInliner.Inline(
            "<html><head><style>p { color: red; } @media (max-width: 600px) { p { color: blue; } }</style></head><body><p>x</p></body></html>"
        );

        Assert.Contains("<p style=\"color: red\">x</p>", html);
        Assert.Contains("@media (max-width: 600px) { p { color: blue; } }", html);
        Assert.DoesNotContain("color: red; }", html);
    }

    [Fact]
    public void An_elements_own_style_wins_over_a_rule()
    {
        var html = CssInliner.Inline(
            "<html><head><style>p { color: red; margin: 0; }</style></head><body><p style=\"color: green\">x</p></body></html>"
        );
        Assert.Contains("color: green", html);
        Assert.Contains("margin: 0", html);
        Assert.DoesNotContain("color: red", html);
    }

    // A parser would move the loop out of the table, and the rows with it.
    [Fact]
    public void Liquid_stays_where_it_stands()
    {
        const string Source =
            "<html><head><style>td { padding: 4px; }</style></head><body><table>{% for x in list %}<tr{% if x %} class=\"a\"{% endif %}><td>{{ x }}</td></tr>{% endfor %}</table>"
            + "<a href=\"{{ url | default: \"https://x.example\" }}\">{{ a < b }}</a></body></html>";

        var html = CssInliner.Inline(Source);

        Assert.Contains(
            "<table>{% for x in list %}<tr{% if x %} class=\"a\"{% endif %}><td style=\"padding: 4px\">{{ x }}</td></tr>{% endfor %}</table>",
            html
        );
        Assert.Contains("<a href=\"{{ url | default: \"https://x.example\" }}\">", html);
    }

    [Fact]
    public void A_part_takes_the_rules_of_the_page_around_it() =>
        Assert.Equal("<b style=\"color: red\">x</b>", CssInliner.Inline("<b>x</b>", "b { color: red; }"));

    [Fact]
    public void What_is_no_html_comes_back_as_it_was() =>
        Assert.Equal("just < words & {{ x }}", CssInliner.Inline("just < words & {{ x }}"));
}
