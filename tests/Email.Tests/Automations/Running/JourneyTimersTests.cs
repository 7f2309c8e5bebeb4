using System.Text.Json;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Execution;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Running;

[Collection(HostedEmail.Name)]
public sealed class JourneyTimersTests : IClassFixture<SharedEmail>
{
    private static readonly DateTimeOffset Start = new(2032, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly RunningEmail email;

    public JourneyTimersTests(SharedEmail shared) => email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static AutomationEvent Event(Guid customer, string name, DateTimeOffset at, object? data = null) =>
        new(Guid.CreateVersion7(at), customer, name, at, JsonSerializer.SerializeToElement(data ?? new { }));

    private static string Yaml(string name, string steps, string head = "") =>
        $"name: {name}\ntrigger: {{event: {name}}}\n{head}\nsteps:\n{steps}\n";

    private LiveAutomations Live(double holdOut = 0) => new(email, Start, new HoldOutOptions { Automations = holdOut, After = 0 });

    private Task<IReadOnlyList<(string Node, string? Outcome, int Version, DateTimeOffset? WakeAt)>> JourneysAsync(Guid customer) =>
        email.Database.QueryAsync<(string, string?, int, DateTimeOffset?)>(
            "select node, outcome, version, wake_at from journeys where customer_id = @Customer order by id",
            new { Customer = customer },
            Ct
        );

    private async Task<long> MailsAsync(string automation) =>
        await email.Database.QuerySingleAsync<long>(
            "select count(*) from mails where automation = @Automation",
            new { Automation = automation },
            Ct
        );

    [Fact]
    public async Task Instances_that_share_the_timers_send_each_mail_once()
    {
        var live = Live();
        await live.SavesAsync(Yaml("shared", "  - wait: 1h\n  - send: welcome"));
        for (var i = 0; i < 60; i++)
            await live.HearsAsync(Event(Guid.CreateVersion7(), "shared", Start));
        live.Clock.Advance(TimeSpan.FromHours(1));

        var moved = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => live.NewTimers().WakeAsync(Ct)));

        // Other tests of the class may have left journeys that are due too.
        Assert.True(moved.Sum() >= 60);
        Assert.Equal(60, await MailsAsync("shared"));
        Assert.Equal(0, await live.NewTimers().WakeAsync(Ct));
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_a_step_leaves_nothing_half_done()
    {
        var live = Live();
        await live.SavesAsync(Yaml("stopped", "  - wait: 1h\n  - send: welcome\n  - wait: 1h\n  - send: newsletter"));
        var anna = Guid.CreateVersion7();
        await live.HearsAsync(Event(anna, "stopped", Start));
        live.Clock.Advance(TimeSpan.FromHours(1));
        // What a step writes last is refused: all that it wrote before must be gone with it.
        await email.Database.ExecuteAsync(
            "alter table journey_counts add constraint stop check (automation <> 'stopped') not valid",
            null,
            Ct
        );
        await Assert.ThrowsAnyAsync<Exception>(() => live.NewTimers().WakeAsync(Ct));
        Assert.Equal(0, await MailsAsync("stopped"));
        await email.Database.ExecuteAsync("alter table journey_counts drop constraint stop", null, Ct);

        await live.PassesToAsync(Start.AddDays(1));

        Assert.Equal(2, await MailsAsync("stopped"));
        Assert.Equal(Outcomes.Finished, Assert.Single(await JourneysAsync(anna)).Outcome);
    }

    [Fact]
    public async Task People_under_way_go_on_by_the_new_version()
    {
        var live = Live();
        await live.SavesAsync(Yaml("moving", "  - id: pause\n    wait: 10d\n  - send: welcome"));
        var anna = Guid.CreateVersion7();
        await live.HearsAsync(Event(anna, "moving", Start));

        await live.SavesAsync(Yaml("moving", "  - id: rest\n    wait: 2d\n  - send: newsletter", "moved: {pause: rest}"));

        Assert.Equal(("rest", null, 2, Start.AddDays(2)), Assert.Single(await JourneysAsync(anna)));
        await live.PassesToAsync(Start.AddDays(3));
        Assert.Equal(
            "newsletter",
            await email.Database.QuerySingleAsync<string>("select template from mails where automation = 'moving'", null, Ct)
        );
    }

    [Fact]
    public async Task Who_stands_at_a_step_that_is_gone_ends_by_the_old_version()
    {
        var live = Live();
        await live.SavesAsync(Yaml("gone", "  - id: pause\n    wait: 1d\n  - send: welcome"));
        var anna = Guid.CreateVersion7();
        await live.HearsAsync(Event(anna, "gone", Start));

        await live.SavesAsync(Yaml("gone", "  - send: newsletter"));
        await live.PassesToAsync(Start.AddDays(2));

        Assert.Equal(
            (Outcomes.Finished, 1),
            (Assert.Single(await JourneysAsync(anna)).Outcome, Assert.Single(await JourneysAsync(anna)).Version)
        );
        Assert.Equal(1, await MailsAsync("gone"));
    }

    [Fact]
    public async Task Two_ids_of_one_person_are_one_journey()
    {
        var live = Live();
        await live.SavesAsync(Yaml("merged", "  - wait: 1d\n  - send: welcome"));
        var (anna, also) = (await email.KnowsAsync(), await email.KnowsAsync());
        await email.HearsAsync(new Contracts.Customers.CustomersMerged(also, anna, RunningEmail.Now));

        await live.HearsAsync(Event(anna, "merged", Start));
        await live.HearsAsync(Event(also, "merged", Start.AddMinutes(1)));

        Assert.Equal(
            1,
            (await JourneysAsync(anna)).Count(j => j.Node == "wait-1d") + (await JourneysAsync(also)).Count(j => j.Node == "wait-1d")
        );
    }

    [Fact]
    public async Task Those_held_out_get_nothing_and_their_orders_are_noted_all_the_same()
    {
        var live = Live(holdOut: 0.5);
        await live.SavesAsync(Yaml("measured", "  - send: welcome", "goal: {event: bought, within: 7d}"));
        var people = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var customer in people)
        {
            await live.HearsAsync(Event(customer, "measured", Start));
            await live.HearsAsync(Event(customer, "bought", Start.AddDays(1), new { total = 10, currency = "EUR" }));
        }

        var arms = await email.Database.QueryAsync<(string Outcome, long Count, decimal Value)>(
            """
            select j.outcome, count(*), sum(g.value) from journeys j join journey_goals g on g.journey_id = j.id
            where j.automation = 'measured' group by j.outcome
            """,
            null,
            Ct
        );
        var heldOut = arms.Single(arm => arm.Outcome == Outcomes.HeldOut);
        Assert.InRange(heldOut.Count, 8, 32);
        Assert.Equal(40, arms.Sum(arm => arm.Count));
        Assert.Equal(10 * heldOut.Count, heldOut.Value);
        Assert.Equal(40 - heldOut.Count, await MailsAsync("measured"));

        // All bought the same: the automation earned nothing, and its report says that this is open.
        var effect = await email.GetAsync<Email.HoldOuts.HoldOutEffect>(
            "/api/v1/automations/measured/effect?from=2032-01-01T00:00:00Z&to=2033-01-01T00:00:00Z"
        );
        Assert.Equal((heldOut.Count, heldOut.Count), (effect.HeldOut.Customers, effect.HeldOut.Converted));
        Assert.Equal(10m * effect.Treated.Customers, effect.Attributed);
        Assert.Equal(0, effect.RevenuePerCustomer!.Estimate, 9);
        Assert.InRange(0, effect.RateDifference!.Lower, effect.RateDifference.Upper);
    }

    [Fact]
    public async Task A_forgotten_person_leaves_no_trace_in_automations()
    {
        var live = Live();
        await live.SavesAsync(
            Yaml("forgotten", "  - if: {did: forgotten, at-least: 1}\n    then:\n      - wait: 1d\n      - call: \"https://example.com/x\"")
        );
        var anna = Guid.CreateVersion7();
        await live.HearsAsync(Event(anna, "forgotten", Start));
        await email.HearsAsync(new Contracts.Customers.CustomerErased(anna, RunningEmail.Now));

        foreach (var table in new[] { "journeys", "journey_steps", "person_events", "journey_refusals" })
            Assert.Equal(
                0,
                await email.Database.QuerySingleAsync<long>(
                    $"select count(*) from {table} where customer_id = @Anna",
                    new { Anna = anna },
                    Ct
                )
            );
    }
}
