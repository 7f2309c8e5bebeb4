using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

public sealed class WordingTests
{
    [Theory]
    [InlineData("Where IS my order?!", "where is my order")]
    [InlineData("I'm late, don't you think", "i am late do not you think")]
    [InlineData("I can’t wait", "i can not wait")]
    [InlineData("order #A77 and 1001", "order numberword and numberword")]
    [InlineData("zero\u200bwidth", "zerowidth")]
    [InlineData("ｆｕｌｌ　width", "full width")]
    [InlineData("tea🍵time", "tea time")]
    [InlineData("🎉", "")]
    [InlineData("''''", "")]
    public void Spelling_is_evened_out(string text, string expected) => Assert.Equal(expected, Wording.Normalise(text));

    [Fact]
    public void A_pasted_page_costs_no_more_than_its_beginning() =>
        Assert.Equal(200, Wording.Normalise(string.Concat(Enumerable.Repeat("word ", 5_000))).Split(' ').Length);
}
