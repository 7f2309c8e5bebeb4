using System.Net;
using System.Text.Json;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Api;
using MarketingPlatform.Email.Automations.Execution;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Api;

[Collection(HostedEmail.Name)]
public sealed class MeasureExperimentsTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private static readonly DateTimeOffset Start = new(2033, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private const string Window = "?to=2034-01-01T00:00:00Z";
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private sealed record Page(IReadOnlyList<AutomationExperiment> Items);

    private static string Yaml(string shortShare, string longShare) =>
        $$"""
            name: parted
            trigger: {event: looked}
            goal: {event: bought, within: 7d, ends: false}
            steps:
              - wait: 1h
              - experiment: how-long
                arms:
                  - name: short
                    share: {{shortShare}}
                    steps:
                      - send: welcome
                  - name: long
                    share: {{longShare}}
                    steps:
                      - send: newsletter
              - wait: 5d
            """;

    private static AutomationEvent Event(Guid customer, string name, TimeSpan after, object? data = null) =>
        new(Guid.CreateVersion7(Start), customer, name, Start + after, JsonSerializer.SerializeToElement(data ?? new { }));

    [Fact]
    public async Task Arms_are_compared_by_the_goals_that_their_customers_reached_after_the_ways_had_parted()
    {
        var live = new LiveAutomations(email, Start, new HoldOutOptions { Automations = 0 });
        await live.SavesAsync(Yaml("50%", "50%"));
        var people = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var customer in people)
            await live.HearsAsync(Event(customer, "looked", TimeSpan.Zero));
        // Bought before the ways part: no merit of either.
        foreach (var customer in people)
            await live.HearsAsync(Event(customer, "bought", TimeSpan.FromMinutes(1), new { total = 99, currency = "EUR" }));
        await live.PassesToAsync(Start.AddHours(2));
        var arms = (
            await email.Database.QueryAsync<(Guid Customer, string Arm)>(
                "select customer_id, arms ->> 'how-long' from journeys where automation = 'parted' order by id",
                null,
                Ct
            )
        ).ToLookup(row => row.Arm, row => row.Customer);
        // All of the long arm buy, once or twice; of the short one a single person, in another currency.
        foreach (var customer in arms["long"])
            await live.HearsAsync(Event(customer, "bought", TimeSpan.FromDays(1), new { total = 10, currency = "EUR" }));
        await live.HearsAsync(Event(arms["long"].First(), "bought", TimeSpan.FromDays(2), new { total = 5, currency = "EUR" }));
        await live.HearsAsync(Event(arms["short"].First(), "bought", TimeSpan.FromDays(1), new { total = 7, currency = "USD" }));

        var found = Assert.Single((await email.GetAsync<Page>("/api/v1/automations/parted/experiments" + Window)).Items);

        var (few, many) = (arms["short"].Count(), arms["long"].Count());
        Assert.Equal(("how-long", "conversions", "short"), (found.Experiment, found.Report.Metric, found.Report.Control));
        Assert.Equal(
            [(few, 1L, 0.0), (many, many, 10.0 * many + 5)],
            found.Report.Arms.Select(arm => ((int)arm.People, arm.Conversions, arm.Revenue))
        );
        var conversions = found.Report.Metrics.Single(report => report.Metric == "conversions").Arms[1];
        Assert.Equal(1 - 1.0 / few, conversions.Lift!.Value, 9);
        Assert.True(conversions.Lower > 0 && conversions.Upper > conversions.Lift);
        Assert.Equal("long", found.Report.Winner);
        Assert.StartsWith("long wins: it brings", found.Sentence, StringComparison.Ordinal);

        // By clicks nothing is known.
        var clicks = Assert.Single((await email.GetAsync<Page>($"/api/v1/automations/parted/experiments{Window}&metric=clicks")).Items);
        Assert.StartsWith("Too little has happened", clicks.Sentence, StringComparison.Ordinal);

        // Other words change nothing, other shares are another experiment.
        await live.SavesAsync("# looked again\n" + Yaml("50%", "50%"));
        Assert.Equal(
            40,
            (await email.GetAsync<Page>("/api/v1/automations/parted/experiments" + Window)).Items[0].Report.Arms.Sum(arm => arm.People)
        );
        await live.SavesAsync(Yaml("20%", "80%"));
        Assert.Equal(
            0,
            (await email.GetAsync<Page>("/api/v1/automations/parted/experiments" + Window)).Items[0].Report.Arms.Sum(arm => arm.People)
        );
    }

    [Fact]
    public async Task An_automation_without_experiments_has_none_and_wrong_questions_are_told_so()
    {
        Assert.Empty((await email.GetAsync<Page>("/api/v1/automations/welcome/experiments")).Items);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/api/v1/automations/nobody/experiments"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("/api/v1/automations/welcome/experiments?metric=luck"));
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await email.Http.GetAsync(path, Ct);
        return answer.StatusCode;
    }
}
