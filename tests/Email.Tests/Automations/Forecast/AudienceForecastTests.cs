using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using MarketingPlatform.Email.Automations.Api;
using MarketingPlatform.Email.Automations.Forecast;
using MarketingPlatform.Platform.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Forecast;

/// <summary>By the plan of the API, on a database of its own: what it counts is the whole shop.</summary>
[Collection(HostedEmail.Name)]
public sealed class AudienceForecastTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Ago(double days) => RunningEmail.Now.AddDays(-days);

    private static string Yaml(string name, string trigger, string more = "") =>
        $"name: {name}\ntrigger: {trigger}\n{more}steps:\n  - wait: 1d\n  - send: welcome\n";

    [Fact]
    public async Task Orders_of_the_last_month_tell_who_would_have_entered_and_who_may_get_mail()
    {
        var (rich, poor, silent) = (await email.KnowsAsync(), await email.KnowsAsync(), await email.KnowsAsync(consent: null));
        await BuysAsync(rich, 3, 120);
        await BuysAsync(rich, 9, 130);
        await BuysAsync(silent, 29, 100);
        await BuysAsync(poor, 5, 20);
        await BuysAsync(poor, 31, 500);
        const string Trigger = "{event: order, where: {data: total, at-least: 100}}";

        var audience = await ForecastAsync("rich-order", Trigger);
        var transactional = await ForecastAsync("rich-receipt", Trigger, "purpose: transactional\n");

        Assert.Equal((2, 1, 1, 0), (audience.Customers, audience.Refused, audience.MayGetMail, audience.HeldOut));
        Assert.Equal(30, audience.Days, 3);
        Assert.Equal(
            "In the last 30 days 2 customers would have entered, by the orders; 1 others did what it begins with and would not have been let in. "
                + "1 of them may get its mails.",
            audience.Sentence
        );
        Assert.Equal(["Conditions were asked by what is known of the customers now."], audience.Notes);
        Assert.Equal(2, transactional.MayGetMail);
    }

    [Fact]
    public async Task Whoever_went_through_it_long_ago_does_not_enter_again_unless_its_rule_lets_them()
    {
        var (once, anew) = (await email.KnowsAsync(), await email.KnowsAsync());
        foreach (var customer in new[] { once, anew })
            await LeavesAsync(customer, "left-vip", 2);
        await email.Database.ExecuteAsync(
            """
            insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, outcome)
            select gen_random_uuid(), a, 1, @Once, '', 1, now() - interval '60 days', now() - interval '60 days', '{}', 'finished'
            from unnest(array['never-twice', 'twice']) a
            """,
            new { Once = once },
            Ct
        );

        Assert.Equal(1, (await ForecastAsync("never-twice", "{segment-left: left-vip}")).Customers);
        Assert.Equal(2, (await ForecastAsync("twice", "{segment-left: left-vip}", "re-entry: after 30d\n")).Customers);
        Assert.Equal(1, (await ForecastAsync("twice", "{segment-left: left-vip}", "re-entry: after 90d\n")).Customers);
    }

    [Fact]
    public async Task Events_of_the_shop_are_asked_of_customers_with_what_was_sent()
    {
        var people = Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7()).ToArray();
        email.Others.ShopEvents = (name, days) =>
            days == 30 ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable)
            : name == "Quiz Done"
                ? Results.Json(
                    new
                    {
                        days,
                        names = Array.Empty<object>(),
                        latest = people.Select(
                            (id, i) =>
                                new
                                {
                                    id = Guid.CreateVersion7(),
                                    customerId = id,
                                    at = Ago(i),
                                    properties = new { score = i },
                                }
                        ),
                    }
                )
            : Results.Json(
                new
                {
                    days,
                    names = new[]
                    {
                        new
                        {
                            name = "Quiz Done",
                            events = 6,
                            customers = 6,
                            lastAt = Ago(0),
                        },
                    },
                    latest = Array.Empty<object>(),
                }
            );

        var plan = await PlansAsync("quiz", Yaml("quiz", "{event: Quiz Done, where: {data: score, at-least: 4}}"));
        var misspelt = await PlansAsync("quiz", Yaml("quiz", "{event: Quizz Done}"));

        Assert.Empty(plan.Warnings!);
        Assert.Equal((2, 4, 0), (plan.Audience!.Customers, plan.Audience.Refused, plan.Audience.MayGetMail));
        // A month was too much to look through: it is the week.
        Assert.Equal(7, plan.Audience.Days, 3);
        Assert.Equal(2.0, plan.Audience.PerWeek!.Value, 3);
        Assert.StartsWith(
            "In the last 7 days 2 customers would have entered, by the events “Quiz Done” that the shop has sent",
            plan.Audience.Sentence,
            StringComparison.Ordinal
        );
        Assert.Equal(
            [(2L, "Nobody has caused an event of this name in the last 30 days: Quizz Done; did you mean Quiz Done?")],
            misspelt.Warnings!.Select(warning => (warning.Line, warning.Message))
        );
        Assert.Equal(0, misspelt.Audience!.Customers);

        email.Others.ShopEvents = (_, _) => Results.StatusCode(StatusCodes.Status403Forbidden);
        var away = await PlansAsync("quiz", Yaml("quiz", "{event: Quiz Done}"));
        Assert.Empty(away.Warnings!);
        Assert.Null(away.Audience!.Customers);
        Assert.Equal(
            "How many customers it would have let in cannot be known: Customers, which records what the shop sends, does not answer now.",
            away.Audience.Sentence
        );
    }

    [Fact]
    public async Task A_birthday_of_the_last_month_is_one_whatever_the_year()
    {
        foreach (var days in new[] { 1, 29, 33, 200 })
            await email.Database.ExecuteAsync(
                "update recipients set traits = jsonb_build_object('born', @Born) where customer_id = @Customer",
                new
                {
                    Customer = await email.KnowsAsync(),
                    Born = Ago(days).AddYears(-30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                },
                Ct
            );

        Assert.Equal(2, (await ForecastAsync("born-then", "{date: born}")).Customers);
        Assert.Equal(0, (await ForecastAsync("born-then", "{date: brn}")).Customers);
        var plan = await PlansAsync("born-then", Yaml("born-then", "{date: brn}"));
        Assert.Contains(plan.Warnings!, warning => warning is { Line: 2, Message: "No customer has the trait brn; did you mean born?" });
    }

    [Fact]
    public async Task What_nobody_can_know_is_said_plainly_and_unknown_segments_and_templates_are_named()
    {
        email.Segments["lapsed"] = [];
        Assert.Equal(
            "How many customers it would have let in cannot be known: who calls the API is not known before it is called.",
            (await ForecastAsync("called", "{api: true}")).Sentence
        );
        Assert.Equal(
            "How many customers it would have let in cannot be known: it is noticed only while an automation that begins with it is on, and none was.",
            (await ForecastAsync("cheaper", "{event: price-dropped}")).Sentence
        );

        var plan = await PlansAsync("named", Yaml("named", "{segment-entered: lapsed-vip}"));
        Assert.Equal(
            [(2L, "There is no segment lapsed-vip; did you mean lapsed?")],
            plan.Warnings!.Select(warning => (warning.Line, warning.Message))
        );
        var wrong = await PlansAsync("named", "name: named\ntrigger: {segment-entered: lapsd}\nsteps:\n  - send: welcom\n");
        Assert.StartsWith(
            "There is no template 'welcom'; did you mean welcome?",
            Assert.Single(wrong.Problems).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("There is no segment lapsd; did you mean lapsed?", Assert.Single(wrong.Warnings!).Message);

        email.Others.WithholdsSegments = true;
        Assert.Empty((await PlansAsync("named", Yaml("named", "{segment-entered: lapsed-vip}"))).Warnings!);
        email.Others.WithholdsSegments = false;
    }

    [Fact]
    public async Task Carts_left_behind_are_counted_by_the_automation_that_runs_on_them()
    {
        var customer = await email.KnowsAsync();
        await email.HearsAsync(RunningEmail.Cart(customer, "c-1"));
        await email.HearsAsync(RunningEmail.Cart(customer, "c-2"));

        var audience = await ForecastAsync("my-cart", "{event: cart-abandoned, where: {data: total, at-least: 30}}", "key: cart\n");

        Assert.Equal((1, 1), (audience.Customers, audience.MayGetMail));
        Assert.Contains("by the journeys of abandoned-cart, which begins so", audience.Sentence, StringComparison.Ordinal);
        Assert.Equal(0, (await ForecastAsync("my-cart", "{event: cart-abandoned, where: {data: total, at-least: 40}}")).Customers);
    }

    [Fact]
    public async Task Before_an_experiment_starts_the_plan_tells_what_difference_weeks_can_show()
    {
        foreach (var _ in Enumerable.Range(0, 60))
            await LeavesAsync(Guid.CreateVersion7(), "left-for-test", 10);
        const string Yaml =
            "name: tested\ntrigger: {segment-left: left-for-test}\ngoal: {event: order}\nsteps:\n  - experiment: which\n    segments: [vip]\n    arms:\n"
            + "      - {name: a, share: 50%, steps: [{send: welcome}]}\n      - {name: b, share: 50%, steps: [{send: newsletter}]}\n";

        var forecast = Assert.Single((await PlansAsync("tested", Yaml)).Experiments!);

        Assert.Equal(("which", "conversions", false), (forecast.Experiment, forecast.Metric, forecast.AtMost));
        Assert.Equal(14, forecast.PeoplePerWeek!.Value, 1);
        Assert.Equal([14, 28, 56], forecast.After.Select(one => (int)Math.Round(one.PerArm / 1.0)));
        Assert.Contains("an assumption", forecast.BaselineFrom, StringComparison.Ordinal);

        // Once it runs, its journeys tell: 80 people in eight weeks.
        await email.SavesAutomationAsync(Yaml);
        await email.Database.ExecuteAsync(
            """
            insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, outcome, arms)
            select gen_random_uuid(), 'tested', 1, gen_random_uuid(), '', 1, now() - i * interval '1 day', now(), '{}', 'finished', '{"which": "a"}'
            from generate_series(1, 80) i
            """,
            null,
            Ct
        );
        var running = Assert.Single((await PlansAsync("tested", Yaml + "  - wait: 1d\n")).Experiments!);
        Assert.Equal(55 / 8.0, running.PeoplePerWeek!.Value, 1);
        Assert.Contains("by the journeys of the last 56 days.", running.Sentence, StringComparison.Ordinal);
    }

    private Task BuysAsync(Guid customer, double daysAgo, decimal total) =>
        email.Database.ExecuteAsync(
            "insert into order_totals (order_id, customer_id, total, currency, at) values (gen_random_uuid()::text, @customer, @total, 'EUR', @At)",
            new
            {
                customer,
                total,
                At = Ago(daysAgo),
            },
            Ct
        );

    private Task LeavesAsync(Guid customer, string segment, double daysAgo) =>
        email.Database.ExecuteAsync(
            "insert into segment_members (customer_id, segment, is_member, at) values (@customer, @segment, false, @At)",
            new
            {
                customer,
                segment,
                At = Ago(daysAgo),
            },
            Ct
        );

    private async Task<AudienceForecast> ForecastAsync(string name, string trigger, string more = "") =>
        (await PlansAsync(name, Yaml(name, trigger, more))).Audience!;

    private async Task<AutomationPlan> PlansAsync(string name, string yaml)
    {
        using var content = new StringContent(yaml, Encoding.UTF8, "application/yaml");
        using var answer = await email.Http.PostAsync($"/api/v1/automations/{name}/plan", content, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<AutomationPlan>(Json.Options, Ct))!;
    }
}
