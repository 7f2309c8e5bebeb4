using System.Text.Json;
using CsCheck;
using MarketingPlatform.Segmentation.Rules;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rules;

public sealed class RuleTextTests
{
    [Fact]
    public void Text_and_JSON_say_the_same_and_are_read_back_to_the_same_rule() =>
        Gen.Int[0, 1_000_000]
            .Sample(
                seed =>
                {
                    var rule = new RandomRules(new Random(seed), ["vip", "a \"quoted\" \\ key"]).Next(4);
                    var text = RulePrinter.Print(rule);
                    var json = RuleJson.Write(rule).ToJsonString();
                    using var document = JsonDocument.Parse(json);
                    Assert.Equal(json, RuleJson.Write(RuleParser.Parse(text)).ToJsonString());
                    Assert.Equal(text, RulePrinter.Print(RuleJson.Read(document.RootElement)));
                    Assert.Equal(text, RulePrinter.Print(RuleParser.Parse(text)));
                },
                iter: 2_000
            );

    [Theory]
    [InlineData("spent > 100 in last 90d and not opened email in last 30d")]
    [InlineData("did \"Product Viewed\" where (category = \"Shoes\" and price > 50) >= 3 times in last 30d")]
    [InlineData("ordered product \"p1\" in last 90d or spent on category \"Shoes\" >= 20.5 GBP")]
    [InlineData("(country in (\"DE\", \"AT\") or city is unknown) and age >= 30")]
    [InlineData("last(plan) of \"Subscribed\" = \"gold\" in last 365d")]
    [InlineData("avg(total) of orders > 40 EUR in last 12h")]
    [InlineData("engaged on \"instagram\" >= 2 times in last 30min")]
    [InlineData("in segment \"vip\" and consented email_marketing and score.churn > 0.5 and bucket.spring < 20 and rfm.r >= 4")]
    [InlineData("not (first_seen in last 7d or has_email = false)")]
    public void The_printed_form_is_the_written_form(string text) => Assert.Equal(text, RulePrinter.Print(RuleParser.Parse(text)));

    [Fact]
    public void Not_binds_before_and_and_and_before_or() =>
        Assert.Equal(
            """{"any":[{"all":[{"not":{"segment":"a"}},{"segment":"b"}]},{"segment":"c"}]}""",
            RuleJson.Write(RuleParser.Parse("NOT in segment \"a\" AND in segment \"b\" OR in segment \"c\"")).ToJsonString()
        );

    [Theory]
    [InlineData("spent > ", "character 9")]
    [InlineData("spent > 100 in last soon", "character 21")]
    [InlineData("country = 'DE", "character 11")]
    [InlineData("country = \"DE", "character 11")]
    [InlineData("country = \"D\0E\"", "character 13")]
    [InlineData("did \"x\" >= 3 in last 3d", "character 14")]
    [InlineData("(age > 3", "character 9")]
    [InlineData("age > 3 country = \"DE\"", "character 9")]
    [InlineData("", "character 1")]
    public void What_is_no_rule_is_refused_with_the_character(string text, string at)
    {
        var error = Assert.Throws<RuleException>(() => RuleParser.Parse(text));
        Assert.Equal(at, error.Errors.Single().At);
    }

    [Theory]
    [InlineData("country == 'DE' && age <> 3 || city is “Graz”", "country = \"DE\" and age != 3 or city = \"Graz\"")]
    [InlineData("country is not \"DE\"", "country != \"DE\"")]
    [InlineData("SPENT > 100 AND age ≥ 30", "spent > 100 and age >= 30")]
    [InlineData("spent > 100 eur in the last 90 days", "spent > 100 EUR in last 90d")]
    [InlineData("opened email within 2 weeks", "opened email in last 14d")]
    [InlineData("not has_email and consented to chat", "not has_email = true and consented chat")]
    public void What_is_written_a_little_differently_is_understood(string text, string printed) =>
        Assert.Equal(printed, RulePrinter.Print(RuleParser.Parse(text)));

    [Theory]
    [InlineData("ordered 3 times in last 30d", "character 9", "write >= 3 times, or = 3 times")]
    [InlineData("country = DE", "character 11", "\"DE\"")]
    [InlineData("spent > 1,000", "character 10", "without thousands separators")]
    [InlineData("spent > €100", "character 9", "three letters")]
    [InlineData("spent > 1 in last 3 months", "character 19", "written as days")]
    [InlineData("age > 3 and bought \"Coffee\"", "character 13", "Verbs: did, engaged")]
    [InlineData("did not open email in last 3d", "character 5", "stands before")]
    [InlineData("segment \"vip\"", "character 1", "in segment")]
    public void What_is_written_wrong_is_answered_with_what_to_write(string text, string at, string advice)
    {
        var error = Assert.Throws<RuleException>(() => RuleParser.Parse(text)).Errors.Single();
        Assert.Equal(at, error.At);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"all": []}""", "$.all")]
    [InlineData("""{"event": "a\u0000b", "last": "3d"}""", "$.event")]
    [InlineData("""{"field": "city", "op": "=", "value": "\ud800"}""", "$.value")]
    [InlineData("""{"all": [{"field": "age", "op": "~", "value": 3}]}""", "$.all[0].op")]
    [InlineData("""{"not": {"event": "x", "lats": "3d"}}""", "$.not.lats")]
    [InlineData("""{"event": "x", "where": [{"property": "p", "op": "="}], "last": "3d"}""", "$.where[0]")]
    [InlineData("""{"field": "age", "op": ">", "value": {}}""", "$.value")]
    [InlineData("""{"orders": {}, "measure": "median", "op": ">", "value": 1}""", "$.measure")]
    [InlineData("[]", "$")]
    public void JSON_that_is_no_rule_is_refused_with_the_member(string json, string at)
    {
        using var document = JsonDocument.Parse(json);
        var error = Assert.Throws<RuleException>(() => RuleJson.Read(document.RootElement));
        Assert.Equal(at, error.Errors.Single().At);
    }

    [Fact]
    public void Endless_nesting_is_refused() =>
        Assert.Contains(
            "nested",
            Assert.Throws<RuleException>(() => RuleParser.Parse(new string('(', 500))).Message,
            StringComparison.Ordinal
        );
}
