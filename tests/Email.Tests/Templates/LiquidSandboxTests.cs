using CsCheck;
using DotLiquid;
using MarketingPlatform.Email.Templates;
using Xunit;
using Hash = DotLiquid.Hash;

namespace MarketingPlatform.Email.Tests.Templates;

public class LiquidSandboxTests
{
    private static string Render(string source, Hash? model = null) =>
        LiquidSandbox.Render(LiquidSandbox.Parse("test", source), model ?? []);

    [Fact]
    public void Broken_liquid_is_refused_with_the_name_of_the_template()
    {
        var failure = Assert.Throws<TemplateException>(() => Render("{% if x %}"));
        Assert.Contains("test", failure.Message);
    }

    [Theory]
    [InlineData("{% for i in (1..100000) %}x{% endfor %}")]
    [InlineData("{% for i in (1..900) %}{% for j in (1..900) %}x{% endfor %}{% endfor %}")]
    public void Endless_loops_are_stopped(string source) => Assert.Throws<TemplateException>(() => Render(source));

    [Fact]
    public void Output_without_measure_is_stopped()
    {
        var model = new Hash { ["big"] = new string('x', 100_000) };
        Assert.Throws<TemplateException>(() => Render("{% for i in (1..10) %}{{ big }}{% endfor %}", model));
    }

    [Theory]
    [InlineData("{% include 'etc/passwd' %}")]
    [InlineData("{% extends 'etc/passwd' %}")]
    public void No_file_can_be_read(string source) => Assert.Throws<TemplateException>(() => Render(source));

    [Fact]
    public void An_unknown_name_prints_nothing() => Assert.Equal("[]", Render("[{{ nobody.here | upcase }}]"));

    [Fact]
    public void A_wrong_filter_is_an_error_and_not_a_text_in_the_mail() =>
        Assert.Throws<TemplateException>(() => Render("{{ 'a' | divided_by: 0 }}"));

    [Theory]
    [InlineData("{{ x }}")]
    [InlineData("{{ x | upcase }}")]
    [InlineData("{% cycle x %}")]
    [InlineData("{% assign y = x %}{{ y }}")]
    [InlineData("{% capture y %}{{ x }}{% endcapture %}{{ y }}")]
    [InlineData("{% for item in list %}{{ item.x }}{% endfor %}")]
    public void Whatever_prints_a_value_prints_it_escaped(string source)
    {
        var model = LiquidSandbox.Escape(
            new Hash
            {
                ["x"] = "<b>",
                ["list"] = new List<Hash> { new() { ["x"] = "<b>" } },
            }
        );
        var output = Render(source, model);
        Assert.NotEmpty(output);
        Assert.DoesNotContain('<', output);
    }

    [Fact]
    public void A_value_of_an_unknown_kind_cannot_slip_through_unescaped() =>
        Assert.Throws<ArgumentException>(() => LiquidSandbox.Escape(new Hash { ["x"] = new object() }));

    [Fact]
    public async Task One_template_serves_many_threads()
    {
        var template = LiquidSandbox.Parse("test", "{% assign y = x %}{% for i in (1..20) %}{{ y }}{% endfor %}");
        var renders = Enumerable
            .Range(0, 200)
            .Select(i => Task.Run(() => (i, LiquidSandbox.Render(template, new Hash { ["x"] = $"<{i}>" }))));
        foreach (var (i, output) in await Task.WhenAll(renders))
            Assert.Equal(string.Concat(Enumerable.Repeat($"<{i}>", 20)), output);
    }

    [Theory]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..1000) %}{% assign a = a | append: a %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..1000) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..1000) %}{% assign a = a | replace: 'x', 'xx' %}{% endfor %}")]
    [InlineData("{% assign a = 'x,x' | split: ',' %}{% for i in (1..1000) %}{% assign a = a | concat: a %}{% endfor %}")]
    [InlineData(
        "{% assign b = 'x' | split: ',' %}{% for i in (1..15) %}{% assign b = b | concat: b %}{% endfor %}{{ b | join: '0123456789012345678901234567890123456789' }}"
    )]
    public void What_grows_without_measure_is_stopped_before_it_fills_the_memory(string source)
    {
        var failure = Assert.Throws<TemplateException>(() => Render(source));
        Assert.Contains("passes", failure.Message);
    }

    [Fact]
    public void A_template_of_ten_megabytes_is_refused_before_it_is_read()
    {
        var failure = Assert.Throws<TemplateException>(() => LiquidSandbox.Parse("big", new string('x', 10 * 1024 * 1024)));
        Assert.Contains("524288 are allowed", failure.Message);
    }

    [Theory]
    [InlineData("{% render 'self' %}")]
    [InlineData("{% include 'self' %}")]
    public void A_block_that_contains_itself_is_stopped(string source)
    {
        var self = LiquidSandbox.Parse("self", source);
        var failure = Assert.Throws<TemplateException>(() => LiquidSandbox.Render(self, [], partials: _ => self));
        Assert.Contains("nest deeper", failure.Message);
    }

    [Theory]
    [InlineData("{{ x | url_decode }}", "%3Cb%3E")]
    [InlineData("{{ x | base64_decode }}", "PGI+")]
    [InlineData("{{ x | base64_url_safe_decode }}", "PGI-")]
    [InlineData("{{ x | upcase }}", "<b>")]
    [InlineData("{{ x | truncate: 4 }}", "<bold>")]
    [InlineData("{{ x | slice: 0, 3 }}", "<b>")]
    [InlineData("{{ x | escape }}", "<b>")]
    public void No_filter_turns_a_value_into_markup(string source, string value)
    {
        var output = LiquidSandbox.Render(
            LiquidSandbox.Parse("test", source),
            LiquidSandbox.Escape(new Hash { ["x"] = value }),
            html: true
        );
        Assert.DoesNotContain('<', output);
        Assert.Contains("&lt;", output.ToLowerInvariant());
    }

    [Theory]
    [InlineData("a\n\n{% for x %}{% endfor %}", "Line 3", "'item in list'")]
    [InlineData("{{ x | no_such_filter }}", "Line 1", "no filter 'no_such_filter'")]
    [InlineData("{{ x | append }}", "Line 1", "takes 1 argument")]
    [InlineData("{% nosuchtag %}", "Line 1", "no tag 'nosuchtag'")]
    [InlineData("\n{% if x %}", "Line 2", "endif")]
    [InlineData("{{ x ", "Line 1", "'}}' is missing")]
    [InlineData("{% endfor %}", "Line 1", "closes nothing")]
    public void An_error_names_its_line_and_says_what_is_wrong(string source, string line, string what)
    {
        var failure = Assert.Throws<TemplateException>(() => LiquidSandbox.Parse("test", source));
        Assert.Contains(line, failure.Message);
        Assert.Contains(what, failure.Message);
    }

    private static readonly string[] Filters =
    [
        "upcase",
        "downcase",
        "capitalize",
        "truncate: 5",
        "truncatewords: 2",
        "slice: 0, 4",
        "url_decode",
        "url_encode",
        "base64_encode | base64_decode",
        "strip_html",
        "escape",
        "escape_once",
        "replace: 'a', 'b'",
        "remove: ';'",
        "remove: 'amp;'",
        "split: '' | reverse | join: ''",
        "split: '&' | join: ''",
        "append: 'x'",
        "default: 'x'",
    ];

    [Fact]
    public void Whatever_a_value_holds_no_two_filters_make_markup_of_it() =>
        Gen.Select(
                Gen.String,
                Gen.OneOfConst("<b>", "%3Cb%3E", "&lt;b&gt;", "PGI+", "&amp;lt;"),
                Gen.OneOfConst(Filters),
                Gen.OneOfConst(Filters)
            )
            .Sample(
                (any, evil, first, second) =>
                {
                    var template = LiquidSandbox.Parse("test", $"{{{{ x | {first} | {second} }}}}");
                    try
                    {
                        var output = LiquidSandbox.Render(
                            template,
                            LiquidSandbox.Escape(new Hash { ["x"] = any + evil + any }),
                            html: true
                        );
                        return !output.Contains('<');
                    }
                    catch (TemplateException)
                    {
                        // What cannot be decoded is an error, and no markup either.
                        return true;
                    }
                },
                iter: 2_000
            );
}
