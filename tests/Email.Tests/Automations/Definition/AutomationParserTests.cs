using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Templates;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Definition;

public class AutomationParserTests
{
    public static TheoryData<string> ReadyMadeNames => [.. ReadyMade.All.Keys];

    private const string EverythingThereIs = """
        name: everything
        description: "Uses each step: once"
        enabled: false
        trigger: {event: Signed up, where: {all: [{data: plan, in: [gold, "1"]}, {not: {data: plan.trial, exists: true}}]}}
        key: event
        re-entry: after 30d
        hold-out: 12.5%
        goal: {event: order, same: [cart_id], within: 14d, ends: false}
        exit-when:
          - event: unsubscribed
          - event: refund
            where: {data: total, at-least: 10}
          - if: {any: [{segment: vip}, {consent: false}]}
        in-flight: finish
        moved: {old-wait: a-day}
        steps:
          - id: hello
            send: welcome
          - id: a-day
            wait: 1d 12h
          - wait-until: "09:30"
            days: [mon, fri]
          - wait-for: {event: Product Viewed, where: {trait: age, at-least: 18}, within: 3d}
            then:
              - add-to-audience: viewers
            else:
              - remove-from-audience: viewers
              - exit: not interested
          - if: {did: order, within: 90d, at-least: 2}
            then:
              - set-trait: {loyal: true, level: 3, note: "yes"}
            else:
              - call: "https://example.com/hook?x=1"
          - split:
              - name: early
                share: 30%
                steps:
                  - chat-handoff: asks for help
              - name: late
                share: 70%
          - experiment: subject-test
            segments: [vip, "1"]
            arms:
              - name: a
                share: 50%
                steps:
                  - wait-for-reorder: true
                    lead: 2d
                    unknown:
                      - exit: unknown rhythm
              - name: b
                share: 50%
                steps:
                  - wait: 2d
                  - go-to: a-day

        """;

    private static IReadOnlyList<YamlProblem> ProblemsOf(string yaml) => AutomationParser.Parse(yaml).Problems;

    [Theory]
    [MemberData(nameof(ReadyMadeNames))]
    public void A_ready_made_automation_sends_templates_that_exist(string name)
    {
        var automation = ReadyMade.Parse(name);

        Assert.Equal(name, automation.Name);
        var templates = new MailTemplates();
        var plan = new Plan(automation, 1);
        Assert.All(plan.Steps.OfType<SendStep>(), send => Assert.True(templates.Exists(send.Template), send.Template));
    }

    [Theory]
    [MemberData(nameof(ReadyMadeNames))]
    public void A_ready_made_automation_is_written_as_the_platform_writes_it(string name) =>
        Assert.Equal(ReadyMade.All[name], AutomationPrinter.Print(ReadyMade.Parse(name)));

    [Fact]
    public void What_is_read_and_written_again_says_the_same()
    {
        var (automation, problems) = AutomationParser.Parse(EverythingThereIs);

        Assert.Empty(problems);
        Assert.Equal(EverythingThereIs.TrimEnd(), AutomationPrinter.Print(automation!).TrimEnd());
    }

    [Fact]
    public void A_step_without_an_id_gets_one_from_what_it_does_and_keeps_it_when_others_are_added()
    {
        var before = AutomationParser.Parse("name: a\ntrigger: {api: true}\nsteps: [{wait: 1d}, {send: welcome}]").Automation!;
        var after = AutomationParser
            .Parse("name: a\ntrigger: {api: true}\nsteps: [{send: newsletter}, {wait: 2h}, {wait: 1d}, {send: welcome}]")
            .Automation!;

        Assert.Equal(["wait-1d", "send-welcome"], before.Steps.Select(step => step.Id));
        Assert.Equal(["send-newsletter", "wait-2h", "wait-1d", "send-welcome"], after.Steps.Select(step => step.Id));
    }

    [Theory]
    [InlineData("wait: three days", 5, "steps[0].wait", "Give a length of time")]
    [InlineData("wait: 0s", 5, "wait-0s.wait", "at least 1s")]
    [InlineData("sned: welcome", 5, "steps[0]", "A step is exactly one of")]
    [InlineData("{send: welcome, wait: 1d}", 5, "steps[0]", "A step is exactly one of")]
    [InlineData("{send: welcome, dayz: 1}", 5, "steps[0].dayz", "no such key")]
    [InlineData("go-to: nowhere", 5, "go-to-nowhere.go-to", "There is no step 'nowhere'")]
    [InlineData("{id: round, go-to: round}", 5, "round.go-to", "circle")]
    [InlineData("{wait-until: noon}", 5, "steps[0].wait-until", "time of day")]
    [InlineData("{wait-until: \"10:00\", days: [someday]}", 5, "steps[0].days", "no day")]
    [InlineData("{split: [{share: 50%}, {share: 40%}]}", 5, "steps[0].split", "sum to 90 %")]
    [InlineData("{if: {segment: a, trait: b}}", 5, "steps[0].if", "exactly one of")]
    [InlineData("{if: {trait: b}}", 5, "steps[0].if", "how to compare")]
    [InlineData("{if: {trait: b, in: c}}", 5, "steps[0].if.in", "a list")]
    [InlineData("call: \"http://example.com\"", 5, "steps[0].call", "https")]
    [InlineData("wait-for: {event: order}", 5, "steps[0].wait-for.within", "how long to wait")]
    public void A_mistake_in_a_step_is_told_with_its_line_and_key(string step, int line, string key, string says)
    {
        var problem = Assert.Single(ProblemsOf($"name: a\ntrigger: {{api: true}}\n\nsteps:\n  - {step}\n"));

        Assert.Equal((line, key), (problem.Line, problem.Key));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_of_a_file_are_told_at_once()
    {
        var problems = ProblemsOf("name: Bad Name\ntrigger: {evnt: x}\nkey: shoe\nhold-out: 90%\nre-entry: sometimes\nfoo: 1\nsteps: []\n");

        Assert.Equal(["name", "trigger", "trigger.evnt", "key", "hold-out", "re-entry", "foo"], problems.Select(problem => problem.Key));
        Assert.Equal([1, 2, 2, 3, 4, 5, 6], problems.Select(problem => problem.Line));
    }

    [Fact]
    public void A_circle_with_a_wait_in_it_is_fine() =>
        Assert.Empty(ProblemsOf("name: a\ntrigger: {api: true}\nsteps: [{id: on, send: welcome}, {wait: 7d}, {go-to: on}]"));

    [Fact]
    public void A_circle_whose_only_wait_may_not_wait_is_refused() =>
        Assert.Contains(
            "circle",
            Assert
                .Single(
                    ProblemsOf("name: a\ntrigger: {event: order}\nsteps: [{id: on, wait-for-reorder: true}, {send: welcome}, {go-to: on}]")
                )
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("")]
    [InlineData("- a\n- b")]
    [InlineData("name: [unclosed")]
    public void What_is_no_automation_is_refused_with_a_sentence(string yaml) => Assert.NotEmpty(ProblemsOf(yaml));

    [Theory]
    [InlineData("{not: ", "}")]
    [InlineData("[", "]")]
    public void A_file_that_goes_deeper_than_the_stack_is_refused_and_harms_nobody(string open, string close)
    {
        string Repeat(string text) => string.Concat(Enumerable.Repeat(text, 100_000));

        var problem = Assert.Single(ProblemsOf($"name: a\ntrigger: {{api: true}}\nsteps: [{{if: {Repeat(open)}x: 1{Repeat(close)}}}]"));

        Assert.Equal(3, problem.Line);
        Assert.Contains("make it flatter", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_of_aliases_do_not_multiply_without_end()
    {
        var levels = Enumerable
            .Range(1, 15)
            .Select(level => $"  - &l{level} {{all: [{string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 9))}]}}\n");
        var yaml = $"x:\n  - &l0 {{segment: a}}\n{string.Concat(levels)}name: a\ntrigger: {{api: true}}\nsteps: [{{if: *l15}}]\n";

        Assert.Contains(ProblemsOf(yaml), problem => problem.Message.Contains("aliases count each time", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_of_very_many_steps_is_refused_at_once() =>
        Assert.Contains(
            ProblemsOf("name: a\ntrigger: {api: true}\nsteps:\n" + string.Concat(Enumerable.Repeat("  - send: welcome\n", 4_000))),
            problem => problem.Message.Contains("at most 300 steps", StringComparison.Ordinal)
        );
}
