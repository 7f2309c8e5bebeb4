using MarketingPlatform.Segmentation.Rules;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rules;

public sealed class RuleCheckTests
{
    private static readonly Dictionary<string, Rule?> Known = new()
    {
        ["lapsed"] = null,
        ["b"] = RuleParser.Parse("in segment \"c\""),
        ["c"] = RuleParser.Parse("age > 3 and in segment \"lapsed\""),
    };

    private static readonly RuleCheck Check = new(Known, TimeSpan.FromDays(400), ["gender"]);

    [Theory]
    [InlineData("age > 3 and wealth > 4", "character 13", "There is no field 'wealth'")]
    [InlineData("age > \"old\"", "character 1", "'age' is a number")]
    [InlineData("country = 3", "character 1", "'country' is a text")]
    [InlineData("country > \"DE\"", "character 1", "compares numbers")]
    [InlineData("age in (3, \"x\")", "character 1", "a number")]
    [InlineData("not did \"x\"", "character 5", "Say how far to look back")]
    [InlineData("did \"x\" in last 900d", "character 1", "A window is from 1min to 400d")]
    [InlineData("did \"x\" in last 0d", "character 1", "A window is from 1min")]
    [InlineData("did \"x\" where (price > \"a\") in last 9d", "character 16", "compares numbers")]
    [InlineData("first_seen = 3", "character 1", "is an instant")]
    [InlineData("age in last 3d", "character 1", "is asked of first_seen")]
    [InlineData("consented spam", "character 1", "There is no purpose")]
    [InlineData("in segment \"nobody\"", "character 1", "There is no segment")]
    [InlineData("sum(price) of orders > 3", "character 1", "the total is measured")]
    [InlineData("spent is known", "character 1", "always known")]
    [InlineData("gender = \"female\"", "character 1", "is barred")]
    [InlineData("age > 0.1234567", "character 1", "at most 6 decimals")]
    public void A_rule_that_cannot_be_meant_is_refused_with_place_and_advice(string text, string at, string message)
    {
        var error = Check.Check(RuleParser.Parse(text), "a")[0];
        Assert.Equal(at, error.At);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_segments_is_refused_with_the_way_round()
    {
        Assert.Contains("itself", Check.Check(RuleParser.Parse("in segment \"c\""), "c").Single().Message, StringComparison.Ordinal);
        var circle = Check.Check(RuleParser.Parse("age > 3 and in segment \"b\""), "c").Single();
        Assert.Equal("character 13", circle.At);
        Assert.Contains("c → b → c", circle.Message, StringComparison.Ordinal);
        Assert.Empty(Check.Check(RuleParser.Parse("in segment \"b\" and in segment \"c\""), "a"));
    }

    [Fact]
    public void A_rule_of_the_property_tests_is_always_allowed()
    {
        var check = new RuleCheck(new Dictionary<string, Rule?> { ["vip"] = null }, TimeSpan.FromDays(400), []);
        for (var seed = 0; seed < 1000; seed++)
            Assert.Empty(check.Check(new RandomRules(new Random(seed), ["vip"]).Next(2), null));
    }
}
