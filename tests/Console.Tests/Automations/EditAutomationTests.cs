using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Automations;

public sealed class EditAutomationTests(RunningPlatform platform, Browser browser)
{
    private const string Editor = "/console/automation-editor?automation=";

    private static string Yaml(string name, string template = "welcome", string more = "") =>
        $"name: {name}\ntrigger: {{event: subscribed, where: {{data: never, is: true}}}}\nsteps:\n  - id: hello\n    send: {template}\n{more}";

    [Fact]
    public async Task A_marketer_begins_with_a_ready_made_one_checks_changes_saves_and_rolls_back()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("author", await platform.MakesUserAsync("author", "marketer"));
        await page.GotoAsync("/console/automations");
        await page.GetByLabel("Name").FillAsync("mine");
        await page.GetByLabel("That begins as").SelectOptionAsync("birthday");
        await page.Button("Write it").ClickAsync();
        Assert.StartsWith("name: mine\nenabled: false\n", await FileAsync(page), StringComparison.Ordinal);

        // New: what it says, that it is off, and whom it would reach.
        await page.Button("Check").ClickAsync();
        await page.GetByText("There is nothing to mend. It is new. Saved, it is off.").WaitForAsync();
        Assert.Contains("Begins on the day in “birthday”, each year", await page.ReadsAsync(), StringComparison.Ordinal);
        Assert.Contains("Customers who enter", await page.ReadsAsync(), StringComparison.Ordinal);
        await page.Button("Save").ClickAsync();
        await page.GetByText("Saved as version 1. The automation is off.").WaitForAsync();

        // A change, with what it changes.
        await page.Link("Change it").ClickAsync();
        var first = await FileAsync(page);
        await WritesAsync(page, first.TrimEnd() + "\n  - id: pause\n    wait: 2d\n  - id: again\n    send: newsletter\n");
        await page.Button("Check").ClickAsync();
        await page.GetByText("There is nothing to mend. It replaces version 1. It stays off.").WaitForAsync();
        var read = await page.ReadsAsync();
        Assert.Contains("Sends the mail “newsletter”.", read, StringComparison.Ordinal);
        Assert.Contains("Nobody is on the way now.", read, StringComparison.Ordinal);
        Assert.Matches(@"[1-9][\d,]* customers would get more mails, 0 fewer", read);
        await page.Button("Save as new version").ClickAsync();
        await page.GetByText("Saved as version 2. The automation is off.").WaitForAsync();

        // Back, and nothing is lost.
        await page.Button("Roll back to version 1").ClickAsync();
        await page.GetByText("Rolled back: version 3 says what version 1 said. The automation is off.").WaitForAsync();
        Assert.Equal(first, (await platform.GetAsync("/api/v1/automations/mine"))["yaml"]!.ToString());
        await page.Link("Version 2").ClickAsync();
        await page.GetByText("This is what version 2 says; version 3 holds.").WaitForAsync();
        Assert.Contains("send: newsletter", await FileAsync(page), StringComparison.Ordinal);
        Assert.Equal(
            "automation.save version 0 → 1, automation.save version 1 → 2, automation.roll-back version 2 → as version 1",
            await platform.QueryAsync<string>(
                "console",
                "select string_agg(action || ' ' || detail, ', ' order by at) from audit_log where target = 'mine' and user_name = 'author'",
                null
            )
        );
    }

    [Fact]
    public async Task Each_mistake_is_told_with_its_line_nothing_is_saved_and_what_was_typed_stays()
    {
        await SavesAsync("mistaken", Yaml("mistaken"));
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("stumbler", await platform.MakesUserAsync("stumbler", "marketer"));
        await page.GotoAsync(Editor + "mistaken");
        const string Wrong =
            "name: mistaken\ntrigger: {event: subscribed}\nsteps:\n  - wait: soon\n  - sned: welcome\n  - send: welcome\n    dayz: 1\n";

        await WritesAsync(page, Wrong);
        await page.Button("Save as new version").ClickAsync();

        await page.GetByText("Nothing was saved. What to mend stands below.").WaitForAsync();
        var rows = await page.Locator("#problems tbody tr").AllInnerTextsAsync();
        Assert.Equal(["4", "5", "7"], rows.Select(row => row.Split('\t')[0].Trim()));
        Assert.Contains("Give a length of time", rows[0], StringComparison.Ordinal);
        Assert.Contains("- sned: welcome", rows[1], StringComparison.Ordinal);
        Assert.Equal(Wrong, await FileAsync(page));
        await WritesAsync(page, Yaml("mistaken", "no-such-mail"));
        await page.Button("Check").ClickAsync();
        await page.GetByText("There is no template 'no-such-mail'").WaitForAsync();
        Assert.Equal(1, (int)(await platform.GetAsync("/api/v1/automations/mistaken"))["summary"]!["version"]!);
    }

    [Fact]
    public async Task Who_saves_after_somebody_else_is_told_so_sees_what_they_wrote_and_loses_nothing()
    {
        await SavesAsync("both", Yaml("both"));
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("slow-writer", await platform.MakesUserAsync("slow-writer", "marketer"));
        await page.GotoAsync(Editor + "both");
        var mine = Yaml("both", "newsletter");
        await WritesAsync(page, mine);
        await SavesAsync("both", Yaml("both", "recommendations"));

        await page.Button("Check").ClickAsync();
        await page.GetByText("Somebody else has saved version 2 meanwhile").WaitForAsync();
        await page.Button("Save as new version").ClickAsync();
        await page.GetByText("Nothing was saved: somebody else has saved version 2 meanwhile.").WaitForAsync();
        Assert.Equal(mine, await FileAsync(page));
        Assert.Contains("send: recommendations", await page.Locator("pre.code").Last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(2, (int)(await platform.GetAsync("/api/v1/automations/both"))["summary"]!["version"]!);

        await page.Button("Save as new version").ClickAsync();
        await page.GetByText("Saved as version 3.").WaitForAsync();
    }

    [Fact]
    public async Task Those_on_the_way_are_told_of_before_a_version_is_saved()
    {
        const string Waiting = "  - id: pause\n    wait: 9d\n";
        await SavesAsync("waited-in", Yaml("waited-in", more: Waiting));
        await platform.ExecuteAsync(
            "email",
            """
            insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, node, node_at, wake_at)
            select gen_random_uuid(), 'waited-in', 1, gen_random_uuid(), '', 1, now(), now(), '{}', 'pause',
                now() - i * interval '1 day', now() + (9 - i) * interval '1 day'
            from generate_series(1, 5) i
            """,
            null
        );
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("careful", await platform.MakesUserAsync("careful", "marketer"));
        await page.GotoAsync(Editor + "waited-in");

        await WritesAsync(page, Yaml("waited-in", more: Waiting.Replace("9d", "60h", StringComparison.Ordinal)));
        await page.Button("Check").ClickAsync();
        await page.GetByText("5 at pause go on by the new version, 3 of them at once: the wait is shorter.").WaitForAsync();
        await WritesAsync(page, Yaml("waited-in"));
        await page.Button("Check").ClickAsync();
        await page.GetByText("5 at pause end by the version they are in.").WaitForAsync();
        Assert.Contains("Nobody in the invented shop does what it begins with", await page.ReadsAsync(), StringComparison.Ordinal);
    }

    /// <summary>The shop of these tests: twelve people who looked at teas for a month, and nobody who took a quiz.</summary>
    [Fact]
    public async Task A_check_tells_by_real_events_who_would_have_entered_names_what_nobody_knows_and_what_an_experiment_can_find()
    {
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("foreteller", await platform.MakesUserAsync("foreteller", "marketer"));
        await page.GotoAsync("/console/automation-editor?name=foretold");
        const string Steps = """
            goal: {event: order, within: 7d}
            exit-when:
              - if: {segment: rfm-champoins}
            steps:
              - experiment: which-mail
                arms:
                  - name: plain
                    share: 50%
                    steps:
                      - send: welcome
                  - name: rich
                    share: 50%
                    steps:
                      - send: newsletter

            """;

        await WritesAsync(page, $"name: foretold\ntrigger: {{event: Product Viewed}}\n{Steps}");
        await page.Button("Check").ClickAsync();
        await page.GetByText("There is nothing to mend. It is new.").WaitForAsync();
        Assert.Equal(
            "In the last 30 days 12 customers would have entered, by the events “Product Viewed” that the shop has sent. 12 of them may get its mails.",
            await page.Locator("#audience").InnerTextAsync()
        );
        Assert.Matches(
            @"^5\s+- if: \{segment: rfm-champoins\}\s+There is no segment rfm-champoins; did you mean rfm-champions\?",
            Assert.Single(await page.Locator("#warnings tbody tr").AllInnerTextsAsync())
        );
        var read = await page.ReadsAsync();
        Assert.Contains(
            "About 3 people a week come to where the ways part, by what would have let customers in lately.",
            read,
            StringComparison.Ordinal
        );
        Assert.Equal(3, await page.GetByRole(AriaRole.Row).Filter(new() { HasTextRegex = new(@"^[248] weeks") }).CountAsync());
        Assert.Empty(await page.FaultsAsync(1360));

        await WritesAsync(
            page,
            $"name: foretold\ntrigger: {{event: Produkt Viewed}}\n{Steps.Replace("rfm-champoins", "rfm-champions", StringComparison.Ordinal)}"
        );
        await page.Button("Check").ClickAsync();
        await page.GetByText("Produkt Viewed; did you mean Product Viewed?").WaitForAsync();
        Assert.Contains(
            "In the last 30 days nobody did what it begins with",
            await page.Locator("#audience").InnerTextAsync(),
            StringComparison.Ordinal
        );
        await WritesAsync(page, $"name: foretold\ntrigger: {{api: true}}\nsteps:\n  - send: welcom\n");
        await page.Button("Check").ClickAsync();
        await page.GetByText("There is no template 'welcom'; did you mean welcome?").WaitForAsync();
    }

    [Fact]
    public async Task Hostile_text_in_a_file_is_shown_as_text_wherever_it_stands()
    {
        var description = "</textarea>" + Trade.Hostile;
        var quoted = JsonSerializer.Serialize(description);
        await SavesAsync(
            "hostile",
            $"name: hostile\ndescription: {quoted}\ntrigger: {{event: {quoted}}}\nsteps:\n  - exit: >-\n      {description}\n"
        );
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("guarded", await platform.MakesUserAsync("guarded", "marketer"));
        foreach (var path in new[] { "/console/automations", "/console/automations/hostile", Editor + "hostile" })
        {
            await page.GotoAsync(path);
            await HarmlessAsync();
        }
        Assert.Contains(description, await FileAsync(page), StringComparison.Ordinal);
        await page.Button("Check").ClickAsync();
        await page.GetByText("There is nothing to mend").WaitForAsync();
        await HarmlessAsync();
        await WritesAsync(page, $"name: hostile\n{quoted}: 1\nsteps:\n  - exit: >-\n      {description}\n    {quoted}: 2\n");
        await page.Button("Check").ClickAsync();
        await page.Locator("#problems").WaitForAsync();
        await HarmlessAsync();

        async Task HarmlessAsync()
        {
            Assert.NotEqual("owned", await page.TitleAsync());
            Assert.Equal(0, await page.Locator("img[src=x]").CountAsync());
        }
    }

    [Fact]
    public async Task A_viewer_reads_the_file_and_cannot_save_it_whatever_is_posted()
    {
        await SavesAsync("watched", Yaml("watched"));
        await SavesAsync("watched", Yaml("watched", "newsletter"));
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("bystander", await platform.MakesUserAsync("bystander", "viewer"));
        await page.GotoAsync("/console/automations/watched");
        Assert.Equal(0, await page.Link("Change it").CountAsync());
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).CountAsync());
        await page.Link("Version 1").ClickAsync();
        Assert.Contains("send: welcome", await FileAsync(page), StringComparison.Ordinal);
        Assert.False(await page.GetByLabel("YAML of the automation").IsEditableAsync());
        Assert.Equal(0, await page.Button("Save").CountAsync());

        foreach (
            var (action, fields) in new[]
            {
                (Editor + "watched", "wish=save&name=watched&seen=2&yaml=name"),
                ("/console/automations/watched/roll-back", "version=1&seen=2"),
            }
        )
        {
            // By the form's own token, which a viewer's page has too.
            var landed = await page.EvaluateAsync<string>(
                """
                async ([action, fields]) => {
                    const token = document.querySelector('[name=__RequestVerificationToken]').value;
                    const body = fields + '&__RequestVerificationToken=' + encodeURIComponent(token);
                    return (await fetch(action, { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).url;
                }
                """,
                new[] { action, fields }
            );
            Assert.Contains("/console/denied", landed, StringComparison.Ordinal);
        }
        Assert.Equal(2, (int)(await platform.GetAsync("/api/v1/automations/watched"))["summary"]!["version"]!);
    }

    /// <summary>Pictures for people are kept in the folder of temporary files.</summary>
    [Theory]
    [InlineData(1360)]
    [InlineData(390)]
    public async Task The_form_with_a_plan_and_with_mistakes_can_be_used_by_everybody_in_a_wide_and_in_a_narrow_window(int width)
    {
        var page = await browser.OpenAsync(platform.Door, width, 900);
        await page.SignsInAsync($"looker-{width}", await platform.MakesUserAsync($"looker-{width}", "marketer"));
        await page.GotoAsync(Editor + "win-back");
        var file = await FileAsync(page);
        await WritesAsync(
            page,
            file.Replace("within: 14d", "within: 10d", StringComparison.Ordinal)
                .Replace("send: recommendations", "send: newsletter", StringComparison.Ordinal)
        );
        await page.Button("Check").ClickAsync();
        await page.GetByText("There is nothing to mend.").WaitForAsync();
        await FitsAsync("plan");
        await WritesAsync(
            page,
            file.Replace("wait-until:", "wait-untl:", StringComparison.Ordinal)
                .Replace("share: 50%", "share: 60%", StringComparison.Ordinal)
        );
        await page.Button("Check").ClickAsync();
        await page.Locator("#problems").WaitForAsync();
        await FitsAsync("mistakes");
        await page.GotoAsync("/console/automations/win-back");
        await FitsAsync("page");
        await page.GotoAsync("/console/automations");
        await FitsAsync("list");

        async Task FitsAsync(string name)
        {
            await page.ScreenshotAsync(
                new PageScreenshotOptions
                {
                    Path = Path.Combine(Path.GetTempPath(), $"marketing-automation-{name}-{width}.png"),
                    FullPage = true,
                }
            );
            Assert.Empty(await page.FaultsAsync(width));
        }
    }

    private static Task<string> FileAsync(IPage page) => page.GetByLabel("YAML of the automation").InputValueAsync();

    private static Task WritesAsync(IPage page, string yaml) => page.GetByLabel("YAML of the automation").FillAsync(yaml);

    private Task SavesAsync(string name, string yaml) =>
        platform.SendAsync(
            HttpMethod.Put,
            $"/api/v1/automations/{name}",
            RunningPlatform.AdminKey,
            new StringContent(yaml, Encoding.UTF8, "application/yaml")
        );
}
