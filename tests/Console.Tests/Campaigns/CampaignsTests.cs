using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Campaigns;

public sealed class CampaignsTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task A_marketer_makes_a_template_launches_a_campaign_after_its_preflight_and_reads_its_test()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("campaigner", await platform.MakesUserAsync("campaigner", "marketer"));

        await page.GotoAsync("/console/mail/templates");
        await page.GetByLabel("Name").FillAsync("autumn-letter");
        await page.GetByLabel("That begins as").SelectOptionAsync("newsletter");
        await page.Button("Make it").ClickAsync();
        await page.ArrivesAtAsync("**/console/mail/templates/autumn-letter");
        await page.GetByText("Made.").WaitForAsync();

        await page.GotoAsync("/console/campaigns/new");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("autumn-news");
        await page.GetByLabel("What it is about").FillAsync("The teas of autumn");
        await page.Locator("select[name=template]").SelectOptionAsync("autumn-letter");
        await page.GetByLabel("Subject of variant a").FillAsync("Autumn teas are here");
        await page.GetByLabel("Subject of variant b").FillAsync("A tea for {{ customer.first_name | default: 'you' }}");
        await page.GetByLabel("Held out").FillAsync("0");
        await page.Button("Save the draft").ClickAsync();
        await page.ArrivesAtAsync("**/console/campaigns/autumn-news");
        Assert.Equal(0, await page.Button("Launch").CountAsync());

        await page.Button("Count who gets it").ClickAsync();
        await page.GetByText("Counted.").WaitForAsync();
        var counted = await page.ReadsAsync();
        Assert.Contains("never agreed to marketing mail", counted, StringComparison.Ordinal);
        Assert.Contains("A tea for Ada", counted, StringComparison.Ordinal);
        await page.Button("Approve").ClickAsync();
        await page.GetByText("Approved.").WaitForAsync();
        await page.Button("Launch").ClickAsync();
        await page.GetByText("Launched.").WaitForAsync();
        await RunningPlatform.EventuallyAsync(
            "the campaign's mails have left",
            async () =>
                await platform.QueryAsync<bool>(
                    "email",
                    "select coalesce(bool_and(status <> 'queued' and status <> 'claimed'), false) from mails where automation = 'autumn-news'",
                    null
                )
        );
        await page.ReloadAsync();
        Assert.Contains("Too little has happened yet to compare", await page.ReadsAsync(), StringComparison.Ordinal);

        // What a thousand readers a variant would have done: enough for an answer.
        await ReadersAsync("autumn-news");
        await page.ReloadAsync();
        await page.Locator("svg.intervals circle").First.WaitForAsync();
        Assert.Contains("b wins: it brings", await page.ReadsAsync(), StringComparison.Ordinal);
        Assert.Equal("img", await page.Locator("svg.intervals").First.GetAttributeAsync("role"));
    }

    [Fact]
    public async Task What_a_campaign_lacks_is_said_and_what_was_typed_stays()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("careless", await platform.MakesUserAsync("careless", "marketer"));
        await page.GotoAsync("/console/campaigns/new");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("welcome");
        await page.GetByLabel("What it is about").FillAsync("Kept as it was");
        await page.Button("Save the draft").ClickAsync();

        await page.GetByText("An automation has this name").WaitForAsync();
        Assert.Equal("Kept as it was", await page.GetByLabel("What it is about").InputValueAsync());
    }

    [Fact]
    public async Task The_decision_page_tells_who_was_held_out_that_it_was_on_purpose()
    {
        var ada = (await platform.GetAsync("/api/v1/customers?userId=u-1"))["items"]![0]!["id"]!.ToString();
        await platform.ExecuteAsync(
            "email",
            """
            with made as (
                insert into campaigns (id, name, version, status, definition, launched_at, created_at, updated_at)
                values (gen_random_uuid(), 'spring-news', 1, 'done', '{"variants": []}', now(), now(), now()) returning id
            )
            insert into campaign_members (campaign_id, customer_id, reason, stage) select id, @Ada, 'held-out', 'test' from made
            """,
            new { Ada = Guid.Parse(ada) }
        );
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();

        await page.GotoAsync($"/console/customers/{ada}/decisions");

        Assert.Contains("Got nothing of spring-news on purpose", await page.ReadsAsync(), StringComparison.Ordinal);
    }

    private Task ReadersAsync(string campaign) =>
        platform.ExecuteAsync(
            "email",
            """
            with people as (
                insert into campaign_members (campaign_id, customer_id, arm, stage, starts_at)
                select c.id, gen_random_uuid(), case when i % 2 = 0 then 'a' else 'b' end, 'test', now() - interval '1 minute'
                from campaigns c cross join generate_series(1, 2000) i where c.name = @campaign
                returning campaign_id, customer_id, arm
            ), sent as (
                insert into mails (id, customer_id, automation, occurrence, status, message_id, next_attempt_at, created_at, sent_at, send_id)
                select gen_random_uuid(), p.customer_id, @campaign, '', 'sent', gen_random_uuid()::text, now(), now(), now(), s.send_id
                from people p join campaign_sends s on s.campaign_id = p.campaign_id and s.arm = p.arm
                returning id, customer_id, send_id
            )
            insert into mail_events (id, mail_id, customer_id, template, kind, url, user_agent, is_head, at, label)
            select gen_random_uuid(), sent.id, sent.customer_id, 'autumn-letter', 'click', 'https://tea.example', 'test', false, now(), 'human'
            from (
                select sent.*, s.arm, row_number() over (partition by s.arm) as place
                from sent join campaign_sends s on s.send_id = sent.send_id
            ) sent
            where place <= case arm when 'a' then 20 else 90 end
            """,
            new { campaign }
        );
}
