using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Decisions;
using MarketingPlatform.Email.Tests.Automations;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Decisions;

[Collection(HostedEmail.Name)]
public sealed class ListDecisionsTests : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email;

    public ListDecisionsTests(SharedEmail shared) => email = shared.Email;

    private async Task<IReadOnlyList<DecisionView>> AskAsync(Guid customer, string more = "") =>
        (await email.GetAsync<Page<DecisionView>>($"{Routes.EmailDecisions}?customer={customer}{more}")).Items;

    [Fact]
    public async Task The_story_of_a_recipient_tells_each_gate_in_order()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        await email.HearsAsync(Cart(anna, "C1"));
        await email.SettlesAsync();

        var story = Assert.Single(await AskAsync(anna, "&campaign=abandoned-cart"));

        Assert.Equal("sent", story.Decision);
        Assert.Equal(
            ["trigger", "hold-out", "consent", "suppression", "cap", "quiet-hours", "send", "delivery"],
            story.Gates!.Select(gate => gate.Name)
        );
        Assert.All(story.Gates!.SkipLast(1), gate => Assert.True(gate.Passed, gate.Name));
        Assert.Equal("marketing mail was allowed by form", story.Gates!.Single(gate => gate.Name == "consent").Observed);
    }

    [Fact]
    public async Task The_story_stops_where_the_answer_was_no()
    {
        var anna = await email.KnowsAsync(consent: false);
        await email.HearsAsync(Cart(anna, "C1"));
        await email.SettlesAsync();

        var story = Assert.Single(await AskAsync(anna));

        Assert.Equal("suppressed", story.Decision);
        Assert.False(story.Gates!.Single(gate => gate.Name == "consent").Passed);
        Assert.Null(story.Gates!.Single(gate => gate.Name == "send").Passed);
    }

    [Fact]
    public async Task Before_it_happened_it_had_not_happened()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        var before = Now;
        await email.HearsAsync(Cart(anna, "C1"));
        await email.SettlesAsync();

        Assert.Empty(await AskAsync(anna, $"&at={Uri.EscapeDataString(before.ToString("O"))}"));
    }

    [Fact]
    public async Task Somebody_held_out_is_told_so_and_somebody_not_let_in_why()
    {
        var start = new DateTimeOffset(2033, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var live = new LiveAutomations(email, start, new HoldOutOptions { Automations = 0.5, After = 0 });
        await live.SavesAsync(
            "name: told\ntrigger: {event: told, where: {data: total, at-least: 50}}\nsteps:\n  - wait: 1d\n  - send: welcome\n"
        );
        var people = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var customer in people)
            await live.HearsAsync(
                new(Guid.CreateVersion7(start), customer, "told", start, JsonSerializer.SerializeToElement(new { total = 60 }))
            );
        var poor = Guid.CreateVersion7();
        await live.HearsAsync(new(Guid.CreateVersion7(start), poor, "told", start, JsonSerializer.SerializeToElement(new { total = 9 })));

        var at = "&at=2033-01-01T01:00:00Z";
        var stories = new List<DecisionView>();
        foreach (var customer in people)
            stories.Add(Assert.Single(await AskAsync(customer, at)));
        var refused = Assert.Single(await AskAsync(poor, at));

        Assert.Contains(stories, story => story.Decision == "waiting");
        var heldOut = stories.First(story => story.Decision == Outcomes.HeldOut);
        Assert.Equal(
            ("hold-out", false, "held out of this automation"),
            (heldOut.Gates![1].Name, heldOut.Gates[1].Passed, heldOut.Gates[1].Observed)
        );
        Assert.Equal(("not-entered", "trigger", "total: 9"), (refused.Decision, refused.Gates![0].Name, refused.Gates[0].Observed));
    }
}
