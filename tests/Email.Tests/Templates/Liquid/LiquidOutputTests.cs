using MarketingPlatform.Email.Templates;
using Xunit;
using Hash = DotLiquid.Hash;

namespace MarketingPlatform.Email.Tests.Templates.Liquid;

public class LiquidOutputTests
{
    private static readonly Hash Model = new()
    {
        ["name"] = "Tea",
        ["customer"] = new Hash
        {
            ["name"] = "Anna",
            ["points"] = 7L,
            ["nothing"] = null,
            ["share"] = 0.5,
            ["vip"] = true,
            ["size"] = "M",
        },
        ["list"] = new List<object?> { "a", "b" },
        ["items"] = new List<Hash>
        {
            new() { ["name"] = "Sencha" },
            new() { ["name"] = "Assam" },
        },
    };

    private static string Render(string source) => LiquidSandbox.Render(LiquidSandbox.Parse("test", source), Model);

    [Theory]
    [InlineData("name")]
    [InlineData("customer.name")]
    [InlineData("customer.points")]
    [InlineData("customer.nothing")]
    [InlineData("customer.share")]
    [InlineData("customer.vip")]
    [InlineData("customer.size")]
    [InlineData("customer.nobody.name")]
    [InlineData("name.size")]
    [InlineData("list")]
    [InlineData("list.size")]
    [InlineData("items.first.name")]
    [InlineData("nobody")]
    [InlineData("nil")]
    [InlineData("true")]
    public void A_path_prints_what_the_same_value_prints_behind_a_filter(string path) =>
        Assert.Equal(Render($"{{{{ {path} | append: '' }}}}"), Render($"{{{{ {path} }}}}"));

    [Fact]
    public void The_innermost_name_wins() =>
        Assert.Equal(
            "Tea Sencha Assam Tea",
            Render("{{ name }} {% for customer in items %}{% assign x = customer.name %}{{ customer.name }} {% endfor %}{{ name }}")
        );

    [Fact]
    public void A_name_that_says_nothing_hides_the_one_outside() =>
        Assert.Equal("[]", Render("{% assign name = customer.nothing %}[{{ name }}]"));

    [Fact]
    public void A_template_cannot_write_the_tag_itself() => Assert.Throws<TemplateException>(() => Render("{% output name %}"));
}
