using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

public sealed class OrderMentionTests
{
    private static readonly string[] Own = ["SO-1001", "SO-1002", "77", "2026/15", "shop-4-0031-12", "shop-4-0031-13"];

    [Theory]
    [InlineData("where is SO-1001?", "SO-1001")]
    [InlineData("where is so-1002.", "SO-1002")]
    [InlineData("where is #1001", "SO-1001")]
    [InlineData("order 77 please", "77")]
    [InlineData("and 2026/15?", "2026/15")]
    [InlineData("what about 4-0031-12", "shop-4-0031-12")]
    [InlineData("order 0031-13", "shop-4-0031-13")]
    public void One_of_the_visitors_own_orders_is_found(string text, string expected)
    {
        var mention = OrderMention.Read(text, Own);

        Assert.Equal((expected, false), (mention.OrderId, mention.NamesAnother));
    }

    [Theory]
    [InlineData("where is order 55555")]
    [InlineData("status of SO-9999")]
    [InlineData("what about #12")]
    [InlineData("order number: 3")]
    [InlineData("it is 881230")]
    public void A_number_that_is_none_of_theirs_is_another(string text)
    {
        var mention = OrderMention.Read(text, Own);

        Assert.Equal((null, true), (mention.OrderId, mention.NamesAnother));
    }

    [Theory]
    [InlineData("I ordered two weeks ago")]
    [InlineData("I ordered it 2 weeks ago")]
    [InlineData("it came in 2026, didn't it")]
    [InlineData("where is my order")]
    public void No_number_is_no_order(string text)
    {
        var mention = OrderMention.Read(text, Own);

        Assert.Equal((null, false), (mention.OrderId, mention.NamesAnother));
    }

    [Fact]
    public void A_tail_that_two_orders_share_is_nobodys() => Assert.Null(OrderMention.Read("where is 1001", ["A-1001", "B-1001"]).OrderId);

    [Theory]
    [InlineData("where is my last order", true)]
    [InlineData("my most recent purchase", true)]
    [InlineData("where is my order", false)]
    public void The_last_order_needs_no_number(string text, bool latest) => Assert.Equal(latest, OrderMention.Read(text, Own).Latest);

    [Theory]
    [InlineData("1001", true)]
    [InlineData(" #SO-1001. ", true)]
    [InlineData("it's 1001", true)]
    [InlineData("hello", false)]
    [InlineData("2 cups please", false)]
    public void A_bare_number_is_recognised(string text, bool expected) => Assert.Equal(expected, OrderMention.IsOnlyNumber(text));

    [Fact]
    public void Four_thousand_digits_are_read_quickly()
    {
        var started = TimeProvider.System.GetTimestamp();
        foreach (
            var text in new[]
            {
                new string('1', 4_000),
                new string('#', 4_000),
                string.Concat(Enumerable.Repeat("order ", 666)),
                new string('a', 4_000),
            }
        )
        {
            Assert.Null(OrderMention.Read(text, Own).OrderId);
            Assert.False(OrderMention.IsOnlyNumber(text));
        }
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2));
    }
}
