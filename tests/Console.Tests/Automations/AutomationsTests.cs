using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Automations;

public sealed class AutomationsTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task An_automation_shows_its_steps_with_who_is_there_and_its_file()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/automations");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Welcome", Exact = true }).ClickAsync();
        await page.ArrivesAtAsync("**/console/automations/welcome");

        var read = await page.ReadsAsync();
        Assert.Contains("send: recommendations", read, StringComparison.Ordinal);
        Assert.Contains("trigger: {event: subscribed}", read, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_marketer_turns_an_automation_on_and_reads_what_the_experiment_on_its_branches_says()
    {
        await platform.ExecuteAsync(
            "email",
            """
            insert into automation_versions (name, version, content, source, at) values ('parted', 1, @Yaml, 'shop', now() - interval '1 day');
            insert into automations (name, version, status, updated_at) values ('parted', 1, 'off', now());
            with walked as (
                insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, outcome, arms, arm_segments)
                select gen_random_uuid(), 'parted', 1, gen_random_uuid(), '', 1, now(), now(), '{}', 'finished',
                    jsonb_build_object('how-long', case when i % 2 = 0 then 'short' else 'long' end),
                    jsonb_build_object('how-long', array[case when i % 4 < 2 then 'gold' else 'silver' end])
                from generate_series(1, 2000) i returning id, customer_id, arms
            ), placed as (
                select *, row_number() over (partition by arms order by id) as place from walked
            )
            insert into journey_goals (journey_id, customer_id, event_id, at, value, currency)
            select id, customer_id, gen_random_uuid(), now() + interval '1 second', 10, 'EUR' from placed
            where place <= case arms ->> 'how-long' when 'short' then 20 else 90 end
            """,
            new
            {
                Yaml = """
                name: parted
                trigger: {event: looked}
                goal: {event: order, within: 7d}
                steps:
                  - experiment: how-long
                    arms:
                      - name: short
                        share: 50%
                        steps:
                          - send: welcome
                      - name: long
                        share: 50%
                        steps:
                          - send: newsletter
                """,
            }
        );
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("flows", await platform.MakesUserAsync("flows", "marketer"));
        await page.GotoAsync("/console/automations/parted");

        var read = await page.ReadsAsync();
        Assert.Contains("long wins: it brings 7.00 more buyers per 100 recipients than short", read, StringComparison.Ordinal);
        Assert.Contains("nobody was held out, so it cannot be said", read, StringComparison.Ordinal);
        await page.Locator("svg.intervals circle").First.WaitForAsync();
        var bySegment = page.GetByRole(AriaRole.Img, new() { Name = "Difference by segment in goals per 100" });
        Assert.Equal(["gold (long)", "silver (long)"], (await bySegment.Locator("g.interval text").AllTextContentsAsync()).Order());
        Assert.Contains("What it can find", read, StringComparison.Ordinal);
        Assert.Matches(@"About [\d,]+ people a week come to where the ways part, by the journeys of the last", read);
        await page.Button("Turn it on").ClickAsync();
        await page.GetByText("Who meets its trigger from now on enters.").WaitForAsync();
        await page.Button("Turn it off").WaitForAsync();
    }

    [Fact]
    public async Task The_story_of_a_mail_tells_each_question_that_was_asked()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync("/console/customers?search=ada");
        await page.Link("Ada Lovelace").ClickAsync();
        await page.ArrivesAtAsync("**/console/customers/*");
        await page.Link("Each question that was asked").ClickAsync();
        await page.ArrivesAtAsync("**/decisions");

        var read = await page.ReadsAsync();
        Assert.Contains("marketing mail was allowed by", read, StringComparison.Ordinal);
        Assert.Contains("not held out", read, StringComparison.Ordinal);
    }
}
