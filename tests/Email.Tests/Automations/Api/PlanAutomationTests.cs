using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Api;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Hosting;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Api;

[Collection(HostedEmail.Name)]
public sealed class PlanAutomationTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private static readonly DateTimeOffset Start = new(2033, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_file_is_answered_with_every_mistake_and_its_line_and_nothing_is_saved()
    {
        var unread = await PlansAsync("wrong", "name: wrong\ntrigger: {evnt: x}\nsteps:\n  - wait: soon\n");
        var elsewhere = await PlansAsync("wrong", "# a\nname: other\ntrigger: {api: true}\nsteps:\n  - send: no-such-mail\n");

        Assert.Equal([2, 2, 4], unread.Problems.Select(problem => problem.Line));
        Assert.Equal([(2, "name"), (5, "send-no-such-mail.send")], elsewhere.Problems.Select(problem => (problem.Line, problem.Key)));
        Assert.Equal((0, null), (unread.Version, unread.Difference));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/api/v1/automations/wrong"));
    }

    [Fact]
    public async Task A_change_is_compared_with_the_version_that_holds()
    {
        await email.SavesAutomationAsync("name: compared\ntrigger: {event: subscribed}\nsteps:\n  - id: hello\n    send: welcome\n");

        var plan = await PlansAsync(
            "compared",
            "name: compared\ntrigger: {event: subscribed}\nsteps:\n  - id: hello\n    send: welcome\n  - wait: 1d\n  - id: more\n    send: newsletter\n"
        );

        Assert.Equal((1, "on", false), (plan.Version, plan.Status, plan.Switches));
        Assert.Equal(["wait-1d", "more"], plan.Difference!.StepsAdded);
        var (entering, sent) = (plan.Difference.CustomersEntering!, plan.Difference.MailsSent!);
        Assert.Equal(entering.Before, entering.After);
        Assert.True(sent.After > 1.5 * sent.Before, $"{sent}");
        Assert.Contains(plan.Words, line => line is { Step: "more", Text: "Sends the mail “newsletter”." });
    }

    [Fact]
    public async Task What_is_forecast_for_those_on_the_way_is_what_saving_does_to_them()
    {
        var live = new LiveAutomations(email, Start, new HoldOutOptions { Automations = 0 });
        await live.SavesAsync(
            "name: on-the-way\ntrigger: {event: came}\nkey: event\nre-entry: always\nsteps:\n  - id: first\n    wait: 2d\n  - id: second\n    wait: 5d\n"
        );
        for (var day = 0; day < 4; day++)
        {
            await live.PassesToAsync(Start.AddDays(day));
            await live.HearsAsync(
                new(
                    Guid.CreateVersion7(Start),
                    Guid.CreateVersion7(),
                    "came",
                    Start.AddDays(day),
                    JsonSerializer.SerializeToElement(new { })
                )
            );
        }
        // Days 0 and 1 are at the second wait since days 2 and 3, days 2 and 3 at the first one, since a day and since now.
        var yaml =
            "name: on-the-way\ntrigger: {event: came}\nkey: event\nre-entry: always\nmoved: {second: last}\nsteps:\n  - id: first\n    wait: 1d\n  - id: last\n    wait: 5d\n";
        var plan = new Plan(AutomationParser.Parse(yaml).Automation!, 2);

        var forecast = await MovePeople.ForecastAsync(email.Database, plan, live.Clock.GetUtcNow(), Ct);
        var without = await MovePeople.ForecastAsync(
            email.Database,
            new Plan(AutomationParser.Parse(yaml.Replace("moved: {second: last}\n", "", StringComparison.Ordinal)).Automation!, 2),
            live.Clock.GetUtcNow(),
            Ct
        );
        await live.SavesAsync(yaml);
        var moved = await email.Database.QueryAsync<(string Node, long People, long Due)>(
            """
            select node, count(*) as people, count(*) filter (where wake_at <= @Now) as due
            from journeys where automation = 'on-the-way' and version = 2 and outcome is null group by node order by node
            """,
            new { Now = live.Clock.GetUtcNow() },
            Ct
        );

        Assert.Equal([new("first", "first", 2, 1), new("second", "last", 2, 0)], forecast);
        Assert.Equal([new("first", "first", 2, 1), new("second", null, 2, 0)], without);
        Assert.Equal([("first", 2, 1), ("last", 2, 0)], moved);
    }

    [Fact]
    public async Task Mending_the_text_of_what_is_off_does_not_turn_it_on_but_changing_enabled_does()
    {
        const string Off = "name: switched\nenabled: false\ntrigger: {api: true}\nsteps:\n  - send: welcome\n";
        const string On = "name: switched\ntrigger: {api: true}\nsteps:\n  - send: newsletter\n";
        await email.SavesAutomationAsync("name: switched\ntrigger: {api: true}\nsteps:\n  - send: welcome\n");
        await email.PostAsync("/api/v1/automations/switched/off", new { });

        Assert.Equal(("off", false), await SwitchOfAsync(On));
        await email.SavesAutomationAsync(On);
        Assert.Equal("off", await StateAsync());

        await email.SavesAutomationAsync(Off);
        Assert.Equal(("on", true), await SwitchOfAsync(On));
        await email.SavesAutomationAsync(On);
        Assert.Equal("on", await StateAsync());

        Assert.Equal(("off", true), await SwitchOfAsync(Off));
        await email.SavesAutomationAsync(Off);
        Assert.Equal("off", await StateAsync());

        async Task<(string?, bool)> SwitchOfAsync(string yaml) =>
            await PlansAsync("switched", yaml) is var plan ? (plan.Status, plan.Switches) : default;
        async Task<string> StateAsync() => (await email.GetAsync<AutomationView>("/api/v1/automations/switched")).Summary.Status;
    }

    private async Task<AutomationPlan> PlansAsync(string name, string yaml)
    {
        using var content = new StringContent(yaml, Encoding.UTF8, "application/yaml");
        using var answer = await email.Http.PostAsync($"/api/v1/automations/{name}/plan", content, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<AutomationPlan>(Json.Options, Ct))!;
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await email.Http.GetAsync(path, Ct);
        return answer.StatusCode;
    }
}
