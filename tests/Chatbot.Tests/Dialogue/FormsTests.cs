using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Orders;
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
