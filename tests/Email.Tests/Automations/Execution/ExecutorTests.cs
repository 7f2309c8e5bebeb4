using System.Text.Json;
using CsCheck;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Execution;

public class ExecutorTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Anna = Guid.Parse("0198c0de-0000-7000-8000-000000000001");

    private static Plan PlanOf(string steps, string head = "") =>
        new(
            AutomationParser.Parse($"name: test\ntrigger: {{api: true}}\n{head}\nsteps:\n{steps}") is { Automation: { } automation } parsed
                ? automation
                : throw new ArgumentException(
                    string.Join("; ", AutomationParser.Parse($"name: test\ntrigger: {{api: true}}\n{head}\nsteps:\n{steps}").Problems)
                ),
            1
        );

    private static JsonElement Json(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private static Journey Fresh(string data = "{}", Guid? customer = null, string key = "") =>
        new(Guid.CreateVersion7(Monday), "test", 1, customer ?? Anna, key, 1, Monday, Monday, Json(data), null);

    private static AutomationEvent Event(string name, DateTimeOffset at, string data = "{}") =>
        new(Guid.CreateVersion7(at), Anna, name, at, Json(data));

    private static string[] Mails(Transition transition) => [.. transition.Effects.OfType<Effect.SendMail>().Select(mail => mail.Template)];

    [Fact]
    public void Steps_follow_each_other_until_one_waits()
    {
        var plan = PlanOf("  - send: welcome\n  - wait: 3d\n  - send: newsletter");

        var first = Executor.Start(plan, Fresh(), Monday, Facts.Nothing);
        Assert.Equal(["welcome"], Mails(first));
        Assert.Equal(("wait-3d", Monday.AddDays(3)), (first.Journey.Node, first.Journey.WakeAt));

        var early = Executor.Step(plan, first.Journey, null, Monday.AddDays(2), Facts.Nothing);
        Assert.False(early.IsChange);

        var second = Executor.Step(plan, first.Journey, null, Monday.AddDays(3), Facts.Nothing);
        Assert.Equal(["newsletter"], Mails(second));
        Assert.Equal(Outcomes.Finished, second.Journey.Outcome);
    }

    [Fact]
    public void A_step_of_a_journey_that_is_over_does_nothing()
    {
        var plan = PlanOf("  - send: welcome");
        var over = Executor.Start(plan, Fresh(), Monday, Facts.Nothing).Journey;

        Assert.False(Executor.Step(plan, over, Event("order", Monday), Monday, Facts.Nothing).IsChange);
    }

    [Fact]
    public void A_goal_ends_the_journey_wherever_it_waits()
    {
        var plan = PlanOf("  - wait: 3d\n  - send: newsletter", "goal: {event: order}");
        var waiting = Executor.Start(plan, Fresh(), Monday, Facts.Nothing).Journey;

        var bought = Executor.Step(plan, waiting, Event("order", Monday.AddHours(1)), Monday.AddHours(1), Facts.Nothing);

        Assert.Equal((Outcomes.Goal, null), (bought.Journey.Outcome, bought.Journey.WakeAt));
        Assert.Empty(bought.Effects);
    }

    [Fact]
    public void What_happened_before_the_journey_began_is_not_its_goal()
    {
        var plan = PlanOf("  - wait: 3d", "goal: {event: order}");
        var waiting = Executor.Start(plan, Fresh(), Monday, Facts.Nothing).Journey;

        Assert.False(Executor.Step(plan, waiting, Event("order", Monday.AddHours(-1)), Monday.AddHours(1), Facts.Nothing).IsChange);
    }

    [Fact]
    public void An_exit_that_is_a_condition_is_asked_before_each_step()
    {
        var plan = PlanOf("  - wait: 3d\n  - send: newsletter", "exit-when:\n  - if: {segment: vip}");
        var waiting = Executor.Start(plan, Fresh(), Monday, Facts.Nothing).Journey;

        var left = Executor.Step(plan, waiting, null, Monday.AddDays(3), Facts.Nothing with { Segments = new HashSet<string> { "vip" } });

        Assert.Equal(Outcomes.Exit, left.Journey.Outcome);
        Assert.Empty(left.Effects);
        Assert.Equal("segment vip: yes", left.Trace.Single().Detail);
    }

    [Theory]
    [InlineData(true, "recommendations")]
    [InlineData(false, "win-back")]
    public void A_wait_for_an_event_goes_on_by_what_came_or_by_time(bool clicked, string sends)
    {
        var plan = PlanOf(
            "  - wait-for: {event: mail-clicked, within: 1d}\n    then:\n      - send: recommendations\n    else:\n      - send: win-back"
        );
        var waiting = Executor.Start(plan, Fresh(), Monday, Facts.Nothing).Journey;

        var next = clicked
            ? Executor.Step(plan, waiting, Event("mail-clicked", Monday.AddHours(2)), Monday.AddHours(2), Facts.Nothing)
            : Executor.Step(plan, waiting, null, Monday.AddDays(1), Facts.Nothing);

        Assert.Equal([sends], Mails(next));
    }

    [Fact]
    public void Same_asks_for_the_same_cart()
    {
        var plan = PlanOf("  - wait: 3d", "exit-when:\n  - event: order\n    same: [cart_id]");
        var waiting = Executor.Start(plan, Fresh("""{"cart_id":"C1"}"""), Monday, Facts.Nothing).Journey;

        Assert.False(Executor.Step(plan, waiting, Event("order", Monday, """{"cart_id":"C2"}"""), Monday, Facts.Nothing).IsChange);
        Assert.True(Executor.Step(plan, waiting, Event("order", Monday, """{"cart_id":"C1"}"""), Monday, Facts.Nothing).IsChange);
    }

    [Fact]
    public void Local_time_is_the_customers()
    {
        var plan = PlanOf("  - wait-until: \"10:00\"\n    days: [tue]");
        var tokyo = Facts.Nothing with { Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo") };

        Assert.Equal(new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero), Executor.Start(plan, Fresh(), Monday, tokyo).Journey.WakeAt);
        Assert.Equal(
            new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero),
            Executor.Start(plan, Fresh(), Monday, Facts.Nothing).Journey.WakeAt
        );
    }

    [Fact]
    public void A_local_time_that_a_clock_change_skips_comes_after_the_gap()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var before = new DateTimeOffset(2027, 3, 27, 20, 0, 0, TimeSpan.Zero);

        Assert.Equal(new DateTimeOffset(2027, 3, 28, 1, 0, 0, TimeSpan.Zero), Executor.NextLocal(new(2, 30), [], berlin, before));
    }

    [Fact]
    public void A_loop_sends_under_another_occurrence_each_round()
    {
        var plan = PlanOf("  - id: on\n    send: newsletter\n  - wait: 7d\n  - go-to: on");
        var first = Executor.Start(plan, Fresh(), Monday, Facts.Nothing);
        var second = Executor.Step(plan, first.Journey, null, Monday.AddDays(7), Facts.Nothing);

        Assert.Equal(["on", "on#2"], first.Effects.Concat(second.Effects).OfType<Effect.SendMail>().Select(mail => mail.Occurrence));
    }

    [Fact]
    public void A_wait_for_a_reorder_counts_from_the_order()
    {
        var plan = PlanOf(
            "  - wait-for-reorder: true\n    lead: 2d\n    unknown:\n      - exit: unknown rhythm\n  - send: recommendations"
        );
        var tea = Fresh("""{"product_id":"tea"}""");
        var known = Facts.Nothing with { ReorderGaps = new Dictionary<string, TimeSpan> { ["tea"] = TimeSpan.FromDays(30) } };

        Assert.Equal(Monday.AddDays(28), Executor.Start(plan, tea, Monday, known).Journey.WakeAt);
        Assert.Equal("unknown rhythm", Executor.Start(plan, tea, Monday, Facts.Nothing).Journey.Outcome);
    }

    [Fact]
    public void An_experiment_gives_a_customer_the_same_arm_in_each_journey()
    {
        var plan = PlanOf("  - experiment: tone\n    arms:\n      - {name: warm, share: 50%}\n      - {name: dry, share: 50%}");
        string Arm(string key) => Executor.Start(plan, Fresh(key: key), Monday, Facts.Nothing).Journey.Arms["tone"];

        Assert.Single(Enumerable.Range(0, 20).Select(i => Arm($"C{i}")).Distinct());
    }

    [Fact]
    public void A_split_parts_journeys_by_its_shares()
    {
        var plan = PlanOf("  - id: way\n    split:\n      - {name: rare, share: 20%}\n      - {name: often, share: 80%}");
        var rare = Enumerable
            .Range(0, 4000)
            .Count(i => Executor.Start(plan, Fresh(key: $"C{i}"), Monday, Facts.Nothing).Journey.Arms["way"] == "rare");

        // Four standard deviations of a binomial with n = 4000 and p = 0.2.
        Assert.InRange(rare, 800 - 101, 800 + 101);
    }

    [Fact]
    public void However_events_and_time_come_a_journey_is_a_function_of_them()
    {
        var plan = PlanOf(
            "  - wait-for: {event: a, within: 2d}\n    then:\n      - wait: 1d\n      - send: welcome\n    else:\n      - if: {did: b, at-least: 1}\n        then:\n          - send: newsletter\n  - wait: 1d\n  - send: recommendations",
            "goal: {event: order}\nexit-when:\n  - event: stop"
        );
        Gen.Select(Gen.Int[0, 4].Select(i => new[] { "a", "b", "order", "stop", "time" }[i]), Gen.Int[1, 60])
            .Array[0, 20]
            .Sample(script =>
            {
                Assert.Equal(Play(plan, script), Play(plan, script));
                var (_, outcome, mails) = Play(plan, script);
                // Nothing leaves after the end, and no mail twice.
                Assert.True(mails.Split(',').Distinct().Count() == mails.Split(',').Length);
                Assert.True(outcome is null or Outcomes.Finished or Outcomes.Goal or Outcomes.Exit);
            });
    }

    private static (string? Node, string? Outcome, string Mails) Play(Plan plan, (string What, int Hours)[] script)
    {
        List<string> mails = [];
        var now = Monday;
        List<PastEvent> past = [];
        var transition = Executor.Start(plan, Fresh(), now, Facts.Nothing);
        foreach (var (what, hours) in script)
        {
            now = now.AddHours(hours);
            if (what != "time")
                past.Add(new(what, now));
            var was = transition.Journey;
            transition = Executor.Step(plan, was, what == "time" ? null : Event(what, now), now, Facts.Nothing with { Past = [.. past] });
            if (was.Outcome is not null)
                Assert.False(transition.IsChange);
            mails.AddRange(transition.Effects.OfType<Effect.SendMail>().Select(mail => mail.Occurrence));
        }
        return (transition.Journey.Node, transition.Journey.Outcome, string.Join(',', mails));
    }
}
