using System.Globalization;
using CsCheck;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Dialogue;

public sealed class ScriptReaderTests
{
    private const string Smallest = "intents:\n  handoff: { do: handoff }\n";

    [Fact]
    public void The_dialogue_that_comes_with_the_service_can_be_used_and_has_an_answer_for_every_intent_it_learns()
    {
        Assert.Empty(ScriptReader.Read(Script.StandardText()).Faults);
        var learnt = TrainingData.Embedded().Examples.Select(e => e.Intent).Distinct().ToArray();
        Assert.Empty(learnt.Except([Intents.OutOfScope, .. Script.Standard.Intents.Keys]));
        Assert.Empty(Script.Standard.Intents.Keys.Except(learnt));
    }

    [Theory]
    [InlineData("de")]
    [InlineData("fr")]
    public void The_dialogue_of_another_language_says_and_does_all_that_the_English_one_does(string language)
    {
        var (script, faults) = ScriptReader.Read(Script.StandardText(language));

        Assert.Empty(faults);
        Assert.Equal(language, script!.Language);
        Assert.Equal(Script.Standard.Says.Keys.Order(), script.Says.Keys.Order());
        Assert.All(script.Says, said => Assert.Equal(Placeholders(Script.Standard.Says[said.Key]), Placeholders(said.Value)));
        Assert.All(
            new[] { script.Words.Yes, script.Words.No, script.Words.Cancel, script.Words.Correct, script.Words.Again, script.Words.It },
            Assert.NotEmpty
        );
        Assert.Equal(Shape(Script.Standard), Shape(script));

        static string Placeholders(string text) =>
            string.Join(' ', System.Text.RegularExpressions.Regex.Matches(text, @"\{[a-z-]+\}").Select(m => m.Value).Distinct().Order());
        static IEnumerable<object> Shape(Script script) =>
            script.Intents.Values.Select(i =>
                (
                    i.Name,
                    i.Private,
                    i.ArticlesFirst,
                    i.Do,
                    i.Title is null,
                    i.Say is null,
                    i.Confirm is null,
                    string.Join(' ', i.Slots.Select(slot => $"{slot.Name} {slot.Kind} {slot.OrLatest} {slot.Options.Count}"))
                ) as object
            );
    }

    [Fact]
    public void What_a_shop_leaves_out_is_said_in_its_language()
    {
        var script = ScriptReader.Read("language: de\n" + Smallest).Script!;

        Assert.Equal(Script.StandardIn("de").Says["suggest"], script.Says["suggest"]);
        Assert.Equal(Script.Standard.Says["suggest"], ScriptReader.Read("language: xx\n" + Smallest).Script!.Says["suggest"]);
        Assert.Contains(
            "two lower-case letters",
            ScriptReader.Read("language: German\n" + Smallest).Faults[0].Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_a_shop_leaves_out_stays_as_it_comes()
    {
        var script = ScriptReader.Read(Smallest + "says:\n  cancelled: Fine.\n").Script!;

        Assert.Equal(("Fine.", Script.Standard.Says["suggest"]), (script.Says["cancelled"], script.Says["suggest"]));
        Assert.Equal(Script.Standard.Words.Yes, script.Words.Yes);
    }

    [Theory]
    [InlineData("intents:\n  a:\n    say: Hi\n    color: red\n  h: { do: handoff }", 4, "'color' is not known here")]
    [InlineData("intents:\n  a:\n    say: Hi {nobody}\n  h: { do: handoff }", 3, "{nobody} stands for nothing here")]
    [InlineData("intents:\n  a:\n    do: dance\n  h: { do: handoff }", 3, "Write one of nothing, order-status")]
    [InlineData("intents:\n  a:\n    title: Empty\n  h: { do: handoff }", 3, "Write what 'a' says")]
    [InlineData("intents:\n  a: { do: order-status }\n  h: { do: handoff }", 2, "private: true")]
    [InlineData(
        "intents:\n  a:\n    private: true\n    slots:\n      item: { kind: order-line, ask: Which? }\n  h: { do: handoff }",
        3,
        "order-line needs one of kind order"
    )]
    [InlineData("intents:\n  a: { say: Hi }", 2, "do: handoff")]
    [InlineData("says:\n  code-mail: Hello\nintents:\n  h: { do: handoff }", 2, "Write {code}")]
    [InlineData("says:\n  nonsense: x\nintents:\n  h: { do: handoff }", 2, "'nonsense' is not known here")]
    [InlineData("people:\n  hours: sometimes\nintents:\n  h: { do: handoff }", 2, "mon-fri 09:00-17:00")]
    [InlineData("people:\n  webhook: http://shop.example\nintents:\n  h: { do: handoff }", 2, "https://")]
    [InlineData("people:\n  mail: nobody\nintents:\n  h: { do: handoff }", 2, "e-mail address")]
    [InlineData("loyalty:\n  - { name: Gold, orders: many }\nintents:\n  h: { do: handoff }", 2, "whole number")]
    [InlineData("intents:\n  h: { do: handoff }\n  h: { do: handoff }", 3, "YAML")]
    [InlineData("intents: [\n", 2, "YAML")]
    [InlineData("just text", 1, "Write one document")]
    [InlineData("a: &x [1]\nintents: *x", 2, "instead of an alias")]
    public void A_fault_is_told_with_its_line(string yaml, int line, string says)
    {
        var (script, faults) = ScriptReader.Read(yaml);

        Assert.Null(script);
        Assert.Contains(faults, fault => fault.Line == line && fault.Message.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void Nesting_without_end_and_a_book_are_refused()
    {
        Assert.Contains("deeper", ScriptReader.Read("a: " + new string('[', 10_000)).Faults[0].Message, StringComparison.Ordinal);
        Assert.Contains(
            "at most",
            ScriptReader.Read(new string('a', ScriptReader.MaxCharacters + 1)).Faults[0].Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Any_line_taken_out_of_a_dialogue_leaves_one_that_is_read_or_explained()
    {
        var lines = Script.StandardText().Split('\n');
        Gen.Int[0, lines.Length - 1]
            .Sample(
                gone =>
                {
                    var (script, faults) = ScriptReader.Read(string.Join('\n', lines.Where((_, n) => n != gone)));
                    return (script is null) == (faults.Count > 0) && faults.All(f => f.Line >= 1 && f.Message.Length > 10);
                },
                iter: 200
            );
    }

    [Theory]
    [InlineData("always", "2026-11-22T03:00:00Z", true)]
    [InlineData("mon-fri 09:00-17:00", "2026-11-27T08:59:00Z", false)]
    [InlineData("mon-fri 09:00-17:00", "2026-11-27T09:00:00Z", true)]
    [InlineData("mon-fri 09:00-17:00", "2026-11-28T10:00:00Z", false)]
    [InlineData("sat-mon 10:00-12:00", "2026-11-29T11:00:00Z", true)]
    [InlineData("sun 10:00-12:00", "2026-11-29T12:00:00Z", false)]
    public void People_are_there_in_their_hours(string hours, string at, bool open) =>
        Assert.Equal(open, OpeningHours.Read(hours)!.AreOpen(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), TimeZoneInfo.Utc));
}
