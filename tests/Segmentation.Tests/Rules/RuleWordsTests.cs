using MarketingPlatform.Segmentation.Rules;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rules;

public sealed class RuleWordsTests
{
    [Theory]
    [InlineData(
        "spent > 100 in last 90d and not opened email in last 30d",
        "fit: the money spent, less refunds, is more than 100 in the last 90 days, and did not open a mail in the last 30 days"
    )]
    [InlineData(
        "did \"Product Viewed\" where (price > 50) >= 3 times in last 1d",
        "did “Product Viewed” where price is more than 50 a number of times that is at least 3 in the last day"
    )]
    [InlineData("not (age >= 30 or consented chat)", "do not have an age that is at least 30, and have not allowed chat messages")]
    [InlineData("ordered category \"Shoes\" or in segment \"vip\"", "did order something of “Shoes”, or are in the segment “vip”")]
    [InlineData(
        "rfm.r >= 4 and score.churn > 0.5",
        "have a recency score (1 to 5) that is at least 4, and have a prediction “churn” that is more than 0.5"
    )]
    [InlineData("spent on category \"Shoes\" > 50", "fit: the money spent on something of “Shoes”, before refunds, is more than 50")]
    [InlineData("engaged on \"chat\" in last 2d", "were seen to do anything on chat in the last 2 days")]
    [InlineData("last_order in last 12h", "have a latest order in the last 12 hours")]
    [InlineData("sum(price) of \"Added\" > 10 in last 2h", "fit: the sum “price” of events “Added” is more than 10 in the last 2 hours")]
    public void A_rule_is_said_in_plain_words(string text, string words) =>
        Assert.Equal($"Customers of whom it holds that they {words}.", RuleWords.Say(RuleParser.Parse(text)));

    [Fact]
    public void Every_rule_that_can_be_written_can_be_said()
    {
        for (var seed = 0; seed < 500; seed++)
            Assert.NotEmpty(RuleWords.Say(new RandomRules(new Random(seed), ["vip"]).Next()));
    }
}
