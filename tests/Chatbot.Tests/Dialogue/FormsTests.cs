using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class FormsTests
{
    private static readonly KnownOrder Teapots = Talk.Order("SO-1001", 1, "Red teapot", "Blue teapot");
    private static readonly KnownOrder Cup = Talk.Order("SO-1002", 2, "Green cup");
    private static readonly Visitor Customer = Talk.Customer(Cup, Teapots);

    [Fact]
    public void A_price_is_no_answer_to_the_question_of_another_form()
    {
        var talk = new Talk(Customer) { Catalogue = [Product("Green cup")] };
        talk.Says("do you have a cup", "product_search");
        talk.Says("I want to return the green cup", "returns");

        Assert.Equal("returns", talk.Says("it is too expensive").Intent);
    }

    [Theory]
    [InlineData("en", "it is too expensive, I found it cheaper elsewhere", "it was too expensive")]
    [InlineData("de", "das war mir zu teuer", "es war zu teuer")]
    [InlineData("fr", "c'est trop cher", "c'était trop cher")]
    public void Too_expensive_is_a_reason_and_no_search_however_sure_the_classifier_is(string language, string text, string reason)
    {
        var talk = new Talk(Customer, Script.StandardIn(language)) { Catalogue = [Product("Green cup")] };
        talk.Says("SO-1002 Green cup", "returns");
        Assert.Equal("reason", talk.State.Form!.Asking);

        talk.Says(text, "product_search");

        Assert.Equal(reason, talk.State.Form!.Slots["reason"].Value);
        Assert.True(talk.State.Form.Confirming);
    }

    [Fact]
    public void An_answer_to_a_later_question_is_kept_while_the_first_is_asked_again()
    {
        var talk = new Talk(Customer);
        talk.Says("I want to send something back", "returns");

        Assert.Equal(Need.OrderNumber, talk.Says("too expensive", "product_search").Needs);
        Assert.EndsWith("goes back because it was too expensive?", talk.Says("SO-1002").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_no_order_of_theirs_is_said_to_be_none_and_the_second_is_the_second()
    {
        var talk = new Talk(Customer);
        talk.Says("I want to send something back", "returns");

        Assert.StartsWith("I cannot find an order with that number", talk.Says("X-7", "order_status").Text, StringComparison.Ordinal);
        Assert.Contains("Red teapot", talk.Says("the second one").Text, StringComparison.Ordinal);
        Assert.Contains("reason", talk.Says("the first").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_leaves_a_question_and_an_offer_that_is_not_taken_up_is_forgotten()
    {
        var talk = new Talk(Customer);
        talk.Says("I want to return something from SO-1001", "returns");
        Assert.Equal("All right, I leave it at that.", talk.Says("no", "thanks").Text);

        talk.Says("you are useless", "complaint");
        Assert.DoesNotContain("Shall I pass you on", talk.Says("is it raining in Paris").Text, StringComparison.Ordinal);
        Assert.Null(talk.State.Form);
    }

    [Fact]
    public void A_question_about_what_the_form_is_for_is_answered_and_begins_no_other_form()
    {
        var passage = new Passage("refunds", "Refunds", null, "Within five days.", 0.6);
        var knows = new KnowledgeAnswer(true, passage.Text, [passage], [passage]);
        var talk = new Talk(Customer);
        talk.Says("I want to return the red teapot of SO-1001, it is broken", "returns");

        var aside = talk.Says("how long does a refund take", "returns", knows);

        Assert.StartsWith("Within five days. Back to where we were. Shall I pass on that Red teapot", aside.Text, StringComparison.Ordinal);
        // Who is not known yet hears it before being asked who it is.
        var stranger = new Talk(Talk.Stranger).Says("how long does a refund take", "returns", knows);
        Assert.StartsWith("Within five days. Please sign in first", stranger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_and_another_word_is_no_mere_no_to_a_suggestion()
    {
        var talk = new Talk(Customer) { Catalogue = [Product("Red mug"), Product("Red bowl")] };
        talk.Says("do you have mug", "product_search");
        Assert.NotNull(talk.Says("is it dishwasher safe", ranking: new RankedIntent("product_search", 0.3)).Choices);

        Assert.Equal("Red bowl", Assert.Single(talk.Says("no, bowl").Products!).Name);
        Assert.Equal(["bowl"], talk.State.Sought!.Terms);
    }

    [Fact]
    public void A_search_that_named_nothing_is_not_gone_back_to()
    {
        var talk = new Talk(Customer) { Catalogue = [Product("Oolong")] };
        Assert.Equal(Need.Product, talk.Says("do you sell quokkas", "product_search").Needs);

        Assert.DoesNotContain("Back to where", talk.Says("what did I order last then", "order_status").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_asks_for_what_is_missing_and_is_confirmed_before_it_is_done()
    {
        var talk = new Talk(Customer);

        var which = talk.Says("I want to send something back", "returns");
        Assert.Equal(Need.OrderNumber, which.Needs);
        Assert.Equal(["SO-1002", "SO-1001"], which.Choices!);
        Assert.StartsWith("How to send something back is explained at https://tea.example.", which.Text, StringComparison.Ordinal);
        Assert.Equal(["Red teapot", "Blue teapot"], talk.Says("SO-1001").Choices!);
        Assert.Contains("reason", talk.Says("the blue one").Text, StringComparison.Ordinal);
        var confirm = talk.Says("it arrived broken");
        Assert.Equal("Shall I pass on that Blue teapot of order SO-1001 goes back because it is broken?", confirm.Text);

        var done = talk.Says("yes please");
        var over = Assert.IsType<Act.HandOver>(done.Act);
        Assert.Equal(("return", "Blue teapot"), (over.Reason, over.Slots["item"].Shown));
        Assert.Null(talk.State.Form);
    }

    [Fact]
    public void A_form_takes_all_that_one_sentence_says()
    {
        var reply = new Talk(Customer).Says("I want to return the red teapot of SO-1001, it is broken", "returns");

        Assert.EndsWith(
            "Shall I pass on that Red teapot of order SO-1001 goes back because it is broken?",
            reply.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_correction_at_the_end_changes_one_slot_and_asks_again()
    {
        var talk = new Talk(Customer);
        talk.Says("I want to return the red teapot of SO-1001, it is broken", "returns");

        Assert.Contains("Blue teapot of order SO-1001", talk.Says("no, the blue one").Text, StringComparison.Ordinal);
        // Another order has other lines: the only one of it is taken.
        Assert.Contains("Green cup of order SO-1002", talk.Says("wait, I mean order SO-1002").Text, StringComparison.Ordinal);
        Assert.Null(talk.Says("no").Act);
        Assert.Null(talk.State.Form);
    }

    [Fact]
    public void What_comes_between_is_answered_and_the_form_goes_on()
    {
        var talk = new Talk(Customer) { Catalogue = [Product("Iron kettle")] };
        talk.Says("I want to return something from SO-1001", "returns");

        var between = talk.Says("by the way, do you sell a kettle?", "product_search");
        Assert.Contains("Iron kettle", between.Text, StringComparison.Ordinal);
        Assert.EndsWith("Back to where we were. What goes back: Red teapot, Blue teapot?", between.Text, StringComparison.Ordinal);
        Assert.Contains("reason", talk.Says("2").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancel_ends_a_form_and_three_answers_that_do_not_fit_bring_a_person()
    {
        var talk = new Talk(Customer);
        talk.Says("I want to return something", "returns");
        Assert.Equal("All right, I leave it at that.", talk.Says("actually never mind").Text);
        Assert.Null(talk.State.Form);

        talk.Says("I want to return something", "returns");
        Assert.StartsWith("That I could not place.", talk.Says("purple").Text, StringComparison.Ordinal);
        talk.Says("purple");
        Assert.Equal("form-stuck", Assert.IsType<Act.HandOver>(talk.Says("purple").Act).Reason);
    }

    [Theory]
    [InlineData("de", "abbrechen", "Gut, dann lasse ich es dabei.")]
    [InlineData("fr", "laissez tomber", "D'accord, je m'arrête là.")]
    public void A_form_is_filled_corrected_and_left_in_other_languages(string language, string cancel, string left)
    {
        var script = Script.StandardIn(language);
        var talk = new Talk(Customer, script);
        Assert.Equal(Need.OrderNumber, talk.Says("?", "returns").Needs);
        Assert.Equal(["Red teapot", "Blue teapot"], talk.Says("SO-1001").Choices!);
        talk.Says("Red teapot");
        Assert.Contains("Blue teapot", talk.Says($"{script.Words.No[0]}, Blue teapot").Text, StringComparison.Ordinal);

        Assert.Equal(left, talk.Says(cancel).Text);
    }

    [Fact]
    public void Braces_that_a_visitor_writes_are_never_filled()
    {
        var script = ScriptReader
            .Read(
                """
                intents:
                  note:
                    slots: { text: { kind: text, ask: Which note? } }
                    confirm: "Note: {text}. Shop: {shop}."
                  handoff: { do: handoff }
                """
            )
            .Script!;
        var talk = new Talk(Talk.Stranger, script);
        talk.Says("a note", "note");

        Assert.Equal("Note: {shop} {text}. Shop: Tea House.", talk.Says("{shop} {text}").Text);
    }

    private static FoundProduct Product(string name) => new(name, name, null, 9.5m, "EUR", null, true);
}
