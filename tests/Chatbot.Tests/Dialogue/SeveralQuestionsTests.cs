using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class SeveralQuestionsTests
{
    private static readonly KnownOrder Teapots = Talk.Order("SO-1001", 1, "Red teapot", "Blue teapot");
    private static readonly KnownOrder Cup = Talk.Order("SO-1002", 2, "Green cup");
    private static readonly Visitor Customer = Talk.Customer(Cup, Teapots);

    [Fact]
    public void Two_questions_that_need_to_know_who_asks_are_answered_after_one_sign_in()
    {
        var talk = new Talk(Talk.Stranger);
        var asked = talk.Asks(("where is my order SO-1001", "order_status"), ("how many points do I have", "loyalty"));
        Assert.Equal((Need.SignIn, null), (asked!.Needs, asked.Order));
        talk.Says("ada@shop.example");

        var answer = talk.Proves(Customer);

        Assert.Equal("SO-1001", answer.Order?.OrderId);
        Assert.Contains("Now to your other question. You have placed 2 orders", answer.Text, StringComparison.Ordinal);
        Assert.Empty(talk.State.Later);
    }

    [Fact]
    public void What_a_person_takes_over_comes_last_whatever_was_asked_first()
    {
        var talk = new Talk(Talk.Stranger);
        talk.Asks(("I want to return the red teapot", "returns"), ("where is my last order", "order_status"));
        talk.Says("ada@shop.example");

        var answer = talk.Proves(Customer);

        Assert.Equal("SO-1002", answer.Order?.OrderId);
        Assert.EndsWith("What is the reason: " + string.Join(", ", answer.Choices!) + "?", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("Red teapot of order SO-1001 goes back because it is broken?", talk.Says("broken").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_that_waits_outlives_an_offer_that_is_declined_and_not_a_sign_in_that_is_refused()
    {
        var known = new Talk(Customer);
        known.Asks(("please cancel my order", "order_change"), ("I want to return a teapot", "returns"));
        Assert.Contains("Now to your other question.", known.Says("no").Text, StringComparison.Ordinal);

        var stranger = new Talk(Talk.Stranger);
        stranger.Asks(("where is my order", "order_status"), ("how many points do I have", "loyalty"));
        Assert.Equal("All right, I leave it at that.", stranger.Says("no").Text);
        Assert.Empty(stranger.State.Later);
    }

    [Fact]
    public void A_person_who_takes_over_takes_over_all()
    {
        var talk = new Talk(Talk.Stranger);
        talk.Asks(("where is my order", "order_status"), ("how many points do I have", "loyalty"));

        Assert.IsType<Act.HandOver>(talk.Says("I want to talk to a human", "handoff").Act);
        Assert.Empty(talk.State.Later);
    }

    [Fact]
    public void What_looks_like_a_search_and_finds_nothing_is_answered_by_the_article_that_knows()
    {
        var talk = new Talk(Customer) { Article = Knows("express", "Express costs 9.90 EUR.") };

        var reply = talk.Asks(("what does express delivery cost", "product_search"), ("where is my last order", "order_status"));

        Assert.StartsWith("Express costs 9.90 EUR. You placed order SO-1002", reply!.Text, StringComparison.Ordinal);
        Assert.Equal("express", Assert.Single(reply.Citations!).ArticleId);
    }

    private static KnowledgeAnswer Knows(string id, string text)
    {
        var passage = new Passage(id, id, null, text, 0.6);
        return new(true, text, [passage], [passage]);
    }

    [Fact]
    public void Parts_that_ask_for_the_same_are_one_question() =>
        Assert.Null(new Talk(Customer).Asks(("where is my order", "order_status"), ("when does it arrive", "order_status")));
}
