using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

public sealed class TrainingDataTests
{
    [Fact]
    public void Every_intent_has_examples_and_no_sentence_has_two_intents()
    {
        var examples = TrainingData.Embedded().Examples;

        var counts = examples.CountBy(e => e.Intent).ToDictionary();
        Assert.Equal(
            new[]
            {
                Intents.Greeting,
                Intents.Handoff,
                "complaint",
                "loyalty",
                "order_change",
                Intents.OrderStatus,
                Intents.OutOfScope,
                Intents.ProductSearch,
                "recommendations",
                Intents.Returns,
                Intents.Thanks,
            }.Order(),
            counts.Keys.Order()
        );
        Assert.All(counts, count => Assert.True(count.Value >= 30, count.Key));
        Assert.All(examples.GroupBy(e => Wording.Normalise(e.Text)), same => Assert.Single(same.Select(e => e.Intent).Distinct()));
    }

    [Theory]
    [InlineData("sentence,label\nhello,greeting", "first line")]
    [InlineData("text,intent\nhello,greeting\nwell, hello,greeting", "line 3")]
    [InlineData("text,intent\nhello,", "line 2")]
    [InlineData("text,intent\n!!!,greeting", "line 2")]
    public void A_broken_row_is_named(string csv, string expected)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => TrainingData.Read(new StringReader(csv), "file"));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_example_is_another_fingerprint() =>
        Assert.NotEqual(TrainingData.From([new("a", "x")]).Fingerprint, TrainingData.From([new("a", "y")]).Fingerprint);
}
