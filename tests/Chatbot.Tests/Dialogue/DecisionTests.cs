using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class DecisionTests
{
    private static readonly KnownOrder Teapots = Talk.Order("SO-1001", 1, "Red teapot", "Blue teapot");
    private static readonly KnownOrder Cup = Talk.Order("SO-1002", 2, "Green cup");
    private static readonly Visitor Customer = Talk.Customer(Cup, Teapots);

    [Fact]
    public void Nobody_said_which_order_so_the_newest_is_told_and_how_to_ask_for_another()
    {
        var reply = new Talk(Customer).Says("where is my order", "order_status");

        Assert.Equal("SO-1002", reply.Order?.OrderId);
        Assert.Contains("give me a number", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("order SO-1001 please")]
    [InlineData("1001")]
    [InlineData("the one with the red teapot")]
    public void An_order_is_meant_by_its_number_or_by_what_was_in_it(string text) =>
        Assert.Equal("SO-1001", new Talk(Customer).Says("where is " + text, "order_status").Order?.OrderId);

    [Fact]
    public void No_the_other_one_corrects_an_order_that_was_just_told()
    {
        var talk = new Talk(Customer);
        talk.Says("where is my order", "order_status");

        var corrected = talk.Says("no, I meant the one with the red teapot");

        Assert.Equal("SO-1001", corrected.Order?.OrderId);
        Assert.StartsWith("All right, SO-1001 then.", corrected.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_correction_to_somebody_elses_number_gives_nothing_away()
    {
        var talk = new Talk(Customer);
        talk.Says("where is my order", "order_status");

        var reply = talk.Says("no, order SO-9999");

        Assert.Null(reply.Order);
        Assert.StartsWith("I cannot find an order with that number among yours.", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_complaint_is_met_with_regret_and_the_offer_of_a_person_that_is_made_once()
    {
        var talk = new Talk(Customer);
        var offer = talk.Says("you are useless", "complaint");
        Assert.Equal("I am sorry that we let you down. Shall I pass you on to a person of Tea House?", offer.Text);
        Assert.Null(offer.Act);

        Assert.DoesNotContain("Back to where", talk.Says("where is my order then", "order_status").Text, StringComparison.Ordinal);
        talk.Says("this is a joke", "complaint");
        Assert.IsType<Act.HandOver>(talk.Says("yes").Act);
    }

    [Fact]
    public void Who_wants_an_order_changed_hears_what_the_articles_say_and_is_offered_a_person()
    {
        var passage = new Passage("changing", "Changing an order", null, "Until it is packed.", 0.6);

        var reply = new Talk(Customer).Says("cancel my order", "order_change", new(true, passage.Text, [passage], [passage]));

        Assert.StartsWith("Until it is packed. I cannot change an order myself.", reply.Text, StringComparison.Ordinal);
        Assert.Equal(passage, Assert.Single(reply.Citations!));
    }

    [Fact]
    public void No_ends_the_question_for_an_address()
    {
        var talk = new Talk(Talk.Stranger);
        talk.Says("where is my order", "order_status");

        Assert.Equal("All right, I leave it at that.", talk.Says("no", "thanks").Text);
        Assert.Null(talk.State.SignIn);
    }

    [Theory]
    [InlineData("fnord plugh frotz")]
    [InlineData("qwrtz pfgh")]
    public void Noise_is_not_guessed_at_but_answered_with_what_the_bot_can_do(string noise)
    {
        var reply = new Talk(Talk.Stranger).Says(noise, ranking: new RankedIntent("order_status", 0.4));

        Assert.Null(reply.Choices);
        Assert.StartsWith("I am sorry, I did not understand that.", reply.Text, StringComparison.Ordinal);
        Assert.Contains("I can tell you how your order stands", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_stages_suggestions_then_other_words_then_a_person_who_sees_the_first_ranking()
    {
        var talk = new Talk(Customer);
        RankedIntent[] first = [new("order_status", 0.4), new("returns", 0.2), new("greeting", 0.1)];

        var suggest = talk.Says("that thing of mine, you know", ranking: first);
        Assert.Equal(["How does my order stand?", "Return something", "None of these"], suggest.Choices!);
        Assert.Contains("other words", talk.Says("None of these").Text, StringComparison.Ordinal);
        var last = talk.Says("the thing", ranking: new RankedIntent("thanks", 0.3));

        Assert.Equal("not-understood", Assert.IsType<Act.HandOver>(last.Act).Reason);
        Assert.Equal("that thing of mine, you know", last.State.Misunderstanding!.Text);
        Assert.Equal(first, last.State.Misunderstanding.Ranking);
    }

    [Theory]
    [InlineData("How does my order stand?")]
    [InlineData("1")]
    public void Who_picks_a_suggestion_is_answered_as_if_the_first_sentence_had_been_understood(string pick)
    {
        var talk = new Talk(Customer);
        talk.Says("teapots, hmm", ranking: new RankedIntent("order_status", 0.4));

        Assert.Equal("SO-1001", talk.Says(pick).Order?.OrderId);
        Assert.Null(talk.State.Misunderstanding);
    }

    [Fact]
    public void A_sentence_that_is_understood_ends_the_misunderstanding()
    {
        var talk = new Talk(Customer);
        talk.Says("mumble", ranking: new RankedIntent("returns", 0.3));
        talk.Says("where is my order", "order_status");

        Assert.NotNull(talk.Says("mumble again", ranking: new RankedIntent("returns", 0.3)).Choices);
    }

    [Fact]
    public void A_stranger_proves_an_address_and_what_was_asked_goes_on()
    {
        var talk = new Talk(Talk.Stranger);
        var right = talk.Says("where is my order SO-1001", "order_status");
        Assert.Equal((Need.SignIn, null), (right.Needs, right.Order));
        Assert.Equal(right.Text, new Talk(Talk.Stranger).Says("where is my order SO-7777", "order_status").Text);

        Assert.Equal("ada@shop.example", Assert.IsType<Act.SendCode>(talk.Says("it is Ada@shop.example").Act).Address);
        Assert.Contains("six digits", talk.Says("hm what", intent: null).Text, StringComparison.Ordinal);
        Assert.IsType<Act.SendCode>(talk.Says("send it again please").Act);
        Assert.Equal("123456", Assert.IsType<Act.CheckCode>(talk.Says("here: 123 456").Act).Code);
        Assert.Equal("SO-1001", talk.Proves(Customer).Order?.OrderId);
        Assert.Null(talk.State.SignIn);
    }

    [Fact]
    public void Signing_in_can_be_interrupted_and_a_shop_that_signs_its_visitor_in_ends_it()
    {
        var talk = new Talk(Talk.Stranger);
        talk.Says("where is my order SO-1001", "order_status");
        Assert.Contains("You are welcome", talk.Says("thanks", "thanks").Text, StringComparison.Ordinal);
        Assert.NotNull(talk.State.SignIn);

        talk.Visitor = Customer;
        Assert.Equal("SO-1001", talk.Says("well?").Order?.OrderId);
    }

    [Fact]
    public void Who_asks_for_a_person_gets_one_from_anywhere_with_what_was_said_so_far()
    {
        var talk = new Talk(Customer);
        talk.Says("I want to return something from SO-1001", "returns");

        var over = Assert.IsType<Act.HandOver>(talk.Says("give me a human", "handoff").Act);
        Assert.Equal(("asked", "SO-1001"), (over.Reason, over.Slots["order"].Shown));
    }

    [Fact]
    public void An_article_answers_what_no_intent_does_and_is_cited_and_none_is_said_to_be_missing()
    {
        var passage = new Passage("shipping", "Shipping abroad", "https://tea.example/shipping", "We ship to all of Europe.", 0.9);
        var knows = new KnowledgeAnswer(true, passage.Text, [passage], [passage]);
        var (weak, strong) = (
            knows with
            {
                Passages = [passage with { Score = 0.5 }],
            },
            knows with
            {
                Passages = [passage with { Score = 0.95 }],
            }
        );

        var cited = new Talk(Talk.Stranger).Says("do you ship to Malta", article: knows);
        Assert.Equal((Decision.Article, passage), (cited.Intent, Assert.Single(cited.Citations!)));
        // Returns yield to an article that is surer; an order's status never does.
        Assert.Equal("returns", new Talk(Customer).Says("return", "returns", weak).Intent);
        Assert.Equal(Decision.Article, new Talk(Customer).Says("how long may I return", "returns", strong).Intent);
        Assert.Equal("order_status", new Talk(Customer).Says("where is it", "order_status", strong).Intent);

        var unknown = new Talk(Talk.Stranger).Says(
            "do you ship to Mars",
            article: new(false, "", [], [passage]),
            ranking: new RankedIntent("returns", 0.2)
        );
        Assert.StartsWith("I looked into our articles, and they do not answer this.", unknown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Before_the_first_model_order_numbers_and_articles_are_answered_and_the_rest_is_asked_again()
    {
        Assert.True(Decision.AsksArticles(Understood.Unjudged, DialogueState.Start, Script.Standard));
        Assert.Equal("SO-1001", Unjudged("SO-1001").Order?.OrderId);
        var article = new Passage("a", "Returns", null, "Within 30 days.", 0.9);
        Assert.Equal("Within 30 days.", Unjudged("how long may I return", KnowledgeBase.Decide([article], 0.5)).Text);
        Assert.Equal(Intents.Fallback, Unjudged("hello").Intent);

        static Reply Unjudged(string text, KnowledgeAnswer? article = null) =>
            Decision.Decide(
                new Turn(
                    text,
                    Understood.Unjudged,
                    DialogueState.Start,
                    Customer,
                    CatalogueSearch.Nothing,
                    Findings.Nothing,
                    article,
                    Script.Standard,
                    Talk.Shop
                )
            );
    }
}
