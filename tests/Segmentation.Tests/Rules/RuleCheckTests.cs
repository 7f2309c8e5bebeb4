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
    [InlineData("age > \"old\"", "character 7", "'age' is a number")]
    [InlineData("country = 3", "character 11", "'country' is a text")]
    [InlineData("country > \"DE\"", "character 11", "compares numbers")]
    [InlineData("age in (3, \"x\")", "character 9", "a number")]
    [InlineData("not did \"x\"", "character 5", "Say how far to look back")]
    [InlineData("did \"x\" in last 900d", "character 17", "A window is from 1min to 400d")]
    [InlineData("did \"x\" in last 0d", "character 17", "A window is from 1min")]
    [InlineData("did \"x\" where (price > \"a\") in last 9d", "character 24", "compares numbers")]
    [InlineData("first_seen = 3", "character 1", "is an instant")]
    [InlineData("age in last 3d", "character 1", "is asked of first_seen")]
    [InlineData("consented spam", "character 11", "There is no purpose")]
    [InlineData("in segment \"nobody\"", "character 12", "There is no segment")]
    [InlineData("sum(price) of orders > 3", "character 1", "the total is measured")]
    [InlineData("spent is known", "character 1", "always known")]
    [InlineData("contry = \"DE\"", "character 1", "Did you mean 'country'?")]
    [InlineData("email = \"a@b\"", "character 1", "Did you mean 'has_email'?")]
    [InlineData("ordered product \"\"", "character 1", "A product's id has 1 to 200")]
    [InlineData("gender = \"female\"", "character 1", "is barred")]
    [InlineData("age > 0.1234567", "character 7", "at most 6 decimals")]
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
        Assert.Equal("character 24", circle.At);
        Assert.Contains("c → b → c", circle.Message, StringComparison.Ordinal);
        Assert.Empty(Check.Check(RuleParser.Parse("in segment \"b\" and in segment \"c\""), "a"));
    }

    [Fact]
    public void Segments_that_lead_to_each_other_are_counted_once_and_no_more_than_can_be_answered()
    {
        var rules = new Dictionary<string, Rule?> { ["n0"] = RuleParser.Parse(string.Join(" and ", Enumerable.Repeat("age > 3", 90))) };
        for (var i = 1; i < 6; i++)
            rules[$"n{i}"] = RuleParser.Parse(string.Join(" and ", Enumerable.Repeat($"in segment \"n{i - 1}\"", 90)));
        var check = new RuleCheck(rules, TimeSpan.FromDays(400), []);

        Assert.Empty(check.Check(RuleParser.Parse("in segment \"n3\" and in segment \"n3\""), "a"));
        Assert.Contains("540 conditions", check.Check(rules["n5"]!, "a").Single().Message, StringComparison.Ordinal);
        var small = rules.ToDictionary(r => r.Key, r => r.Key == "n0" ? RuleParser.Parse("age > 3") : r.Value);
        var grown = new RuleCheck(small, TimeSpan.FromDays(400), []).Check(rules["n0"]!, "n0").Single();
        Assert.Contains("asks for this one", grown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_of_the_property_tests_is_always_allowed()
    {
        var check = new RuleCheck(new Dictionary<string, Rule?> { ["vip"] = null }, TimeSpan.FromDays(400), []);
        for (var seed = 0; seed < 1000; seed++)
            Assert.Empty(check.Check(new RandomRules(new Random(seed), ["vip"]).Next(2), null));
    }
}
