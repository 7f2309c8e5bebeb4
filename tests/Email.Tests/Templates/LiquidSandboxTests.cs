using DotLiquid;
using MarketingPlatform.Email.Templates;
using Xunit;

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
}
