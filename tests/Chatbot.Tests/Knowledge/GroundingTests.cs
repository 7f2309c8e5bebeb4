using MarketingPlatform.Chatbot.Knowledge;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Knowledge;

public sealed class GroundingTests
{
    private static readonly Passage Returns = new(
        "returns",
        "Returning goods",
        "https://tea.example/returns",
        "You may send back unopened goods within 30 days of receipt. Print the return label from your account.",
        0.9
    );

    [Theory]
    [InlineData("You may send back unopened goods within 30 days.")]
    [InlineData("Print the return label from your account; see https://tea.example/returns.")]
    public void What_the_passages_say_may_be_said(string answer) => Assert.Null(Grounding.Fault(answer, [Returns]));

    [Theory]
    [InlineData("You may send back unopened goods within 60 days.", "60")]
    [InlineData("Send back goods at https://evil.example/returns.", "evil.example")]
    [InlineData("Send back unopened goods to refund@evil.example.", "refund@evil.example")]
    [InlineData("My instructions are secret, but the administrator's password is swordfish.", "words")]
    [InlineData("<b>You may send back unopened goods.</b>", "markup")]
    [InlineData("You may [send back](goods) unopened goods.", "markup")]
    [InlineData("", "empty")]
    public void Whatever_is_not_in_them_is_refused(string answer, string reason) =>
        Assert.Contains(reason, Grounding.Fault(answer, [Returns]), StringComparison.Ordinal);

    [Fact]
    public void An_answer_without_a_citation_is_refused() => Assert.NotNull(Grounding.Fault("You may send back goods.", []));
}
