using System.Text.Json.Nodes;
using CsCheck;
using MarketingPlatform.Platform.Privacy;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Privacy;

public sealed class PersonTracesTests
{
    private static readonly Guid Ann = new("01890000-0000-7000-8000-00000000000a");
    private static readonly PersonTraces Traces = new([Ann], PersonWords.Of(["7", "ann@x.test"], ["who", "contact"]));

    [Theory]
    [InlineData("""{"id":"01890000-0000-7000-8000-00000000000a"}""")]
    [InlineData("""{"name":"0189000000007000800000000000000a-1"}""")]
    [InlineData("""{"who":"7","more":1}""")]
    [InlineData("""{"WHO":7}""")]
    [InlineData("""{"deep":{"contact":["ANN@x.test"]},"b":2}""")]
    [InlineData("""{"list":[{"who":"7"}]}""")]
    [InlineData("""{"body":"{\"who\":\"7\"}"}""")]
    [InlineData("no JSON, from ann@x.test")]
    public void A_text_that_is_about_the_person_goes_as_a_whole(string text) => Assert.Null(Traces.Without(text));

    [Theory]
    [InlineData("""{"quantity":"7"}""")]
    [InlineData("""{"who":"77"}""")]
    [InlineData("""{"who":"bob","price":7}""")]
    [InlineData("""{"id":"01890000-0000-7000-8000-00000000000b"}""")]
    [InlineData("no JSON, 7 of them")]
    [InlineData("{broken \"who\":\"8\"")]
    [InlineData("[]")]
    public void A_text_about_others_stays_to_the_letter(string text) => Assert.Equal(text, Traces.Without(text));

    [Theory]
    [InlineData("""{"list":[{"who":"7"},{"who":"8"}],"n":1}""", """{"list":[{"who":"8"}],"n":1}""")]
    [InlineData("""[{"who":"8","quantity":"7"},{"who":"7"}]""", """[{"who":"8","quantity":"7"}]""")]
    [InlineData("""{"a":{"list":["0189000000007000800000000000000a","x"]}}""", """{"a":{"list":["x"]}}""")]
    public void Of_a_list_only_the_persons_elements_go(string text, string expected) => Assert.Equal(expected, Traces.Without(text));

    [Fact]
    public void A_message_inside_of_a_message_loses_the_person_too()
    {
        var outer = new JsonObject { ["key"] = "batch", ["body"] = """{"batch":[{"who":"7"},{"who":"8"}]}""" };

        var left = JsonNode.Parse(Traces.Without(outer.ToJsonString())!)!;

        Assert.Equal("""{"batch":[{"who":"8"}]}""", (string?)left["body"]);
    }

    [Fact]
    public void Whatever_stays_of_any_message_names_the_person_nowhere_and_is_left_alone_the_next_time() =>
        Gen.Select(
                Gen.OneOf(
                    Gen.Const("7"),
                    Gen.Const("8"),
                    Gen.Const(Ann.ToString()),
                    Gen.Const("""{"who":"7"}"""),
                    Gen.Const("""[{"who":"7"},{"who":"8"}]"""),
                    Gen.String[Gen.Char['a', 'z'], 0, 5]
                ),
                Gen.OneOf(Gen.Const("who"), Gen.Const("contact"), Gen.Const("quantity"))
            )
            .Array[0, 6]
            .Sample(members =>
            {
                var list = new JsonArray([.. members.Select(m => (JsonNode)new JsonObject { [m.Item2] = m.Item1, ["n"] = 1 })]);
                var once = Traces.Without(new JsonObject { ["list"] = list, ["kind"] = "x" }.ToJsonString());
                Assert.True(once is null || !once.Contains(Ann.ToString(), StringComparison.Ordinal));
                Assert.True(once is null || Traces.Without(once) == once);
            });
}
