using Microsoft.Playwright;
using Xunit;

namespace MarketingPlatform.Console.Tests.Recommendations;

public sealed class ModelsPageTests(RunningPlatform platform, Browser browser)
{
    private const string Page = "/console/recommendations/models";

    [Fact]
    public async Task An_administrator_lets_a_kept_model_serve_and_rolls_back_answers_follow_and_the_log_has_both()
    {
        await TrainsTwiceAsync();
        var (newer, older) = await VersionsAsync("taste");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync(Page);
        var taste = page.GetByRole(AriaRole.Region, new() { Name = "Taste" });
        await InUseAsync(taste, newer);

        await page.Button($"Let it serve: {older}").ClickAsync();
        await page.GetByText($"{older} serves now; until now it was {newer}.").WaitForAsync();
        await InUseAsync(taste, older);
        await AnswersByAsync(older, "for-you");

        await taste.GetByRole(AriaRole.Button, new() { Name = $"Roll back to {newer}" }).ClickAsync();
        await page.GetByText($"{newer} serves now; until now it was {older}.").WaitForAsync();
        await InUseAsync(taste, newer);
        await AnswersByAsync(newer, "for-you");

        await page.Button("Train now").ClickAsync();
        await page.GetByText("A training begins within seconds.").WaitForAsync();

        await page.GotoAsync("/console/audit");
        var log = await page.GetByRole(AriaRole.Row).AllInnerTextsAsync();
        Assert.Contains(log, row => Says(row, "admin", "model.promote", older));
        Assert.Contains(log, row => Says(row, "admin", "model.rollback", newer));
        Assert.Contains(log, row => Says(row, "admin", "model.train"));
    }

    [Fact]
    public async Task The_model_of_the_next_basket_is_rolled_back_and_that_of_taste_stays()
    {
        await TrainsTwiceAsync();
        var (newer, older) = await VersionsAsync("next-basket");
        var (taste, _) = await VersionsAsync("taste");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync();
        await page.GotoAsync(Page);
        var basket = page.GetByRole(AriaRole.Region, new() { Name = "Next basket" });

        await basket.GetByRole(AriaRole.Button, new() { Name = $"Roll back to {older}" }).ClickAsync();
        await page.GetByText($"{older} serves now; until now it was {newer}.").WaitForAsync();
        await InUseAsync(basket, older);
        await InUseAsync(page.GetByRole(AriaRole.Region, new() { Name = "Taste" }), taste);
        await AnswersByAsync(older, "next-basket");
        await AnswersByAsync(taste, "for-you");

        await page.Button($"Let it serve: {newer}").ClickAsync();
        await InUseAsync(basket, newer);
    }

    [Fact]
    public async Task A_viewer_sees_which_model_serves_has_no_button_and_is_refused()
    {
        await TrainsTwiceAsync();
        var (newer, older) = await VersionsAsync("taste");
        var password = await platform.MakesUserAsync("models-viewer", "viewer");
        var page = await browser.OpenAsync(platform.Door);
        await page.SignsInAsync("models-viewer", password);
        await page.GotoAsync(Page);

        await InUseAsync(page.GetByRole(AriaRole.Region, new() { Name = "Taste" }), newer);
        Assert.Equal(0, await page.Button("Let").CountAsync());
        Assert.Equal(0, await page.Button("Roll back").CountAsync());
        Assert.Equal(0, await page.Button("Train now").CountAsync());

        // What the browser of somebody else would send, with a token of the viewer's own.
        var token = await page.Locator("input[name=__RequestVerificationToken]").First.GetAttributeAsync("value");
        var logged = await LoggedAsync();
        foreach (var path in new[] { "/switch", "/train" })
        {
            var answer = await page.APIRequest.PostAsync(
                platform.Door + Page[1..] + path,
                new()
                {
                    Form = page.APIRequest.CreateFormData().Set("__RequestVerificationToken", token!).Set("version", older),
                    MaxRedirects = 0,
                }
            );
            Assert.Equal((302, true), (answer.Status, answer.Headers["location"].Contains("/denied", StringComparison.Ordinal)));
        }
        Assert.Equal(newer, (await VersionsAsync("taste")).Serving);
        Assert.Equal(logged, await LoggedAsync());
    }

    private static bool Says(string row, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (!row.Contains(word, StringComparison.Ordinal))
                return false;
        return true;
    }

    private static Task InUseAsync(ILocator region, string version) =>
        region
            .GetByRole(AriaRole.Row)
            .Filter(new() { Has = region.Page.GetByRole(AriaRole.Rowheader, new() { Name = version, Exact = true }) })
            .GetByText("in use", new() { Exact = true })
            .WaitForAsync();

    private Task AnswersByAsync(string version, string placement) =>
        RunningPlatform.EventuallyAsync(
            $"{version} answers at {placement}",
            async () =>
                (await platform.GetAsync($"/api/v1/recommendations?customer={await SomebodyAsync()}&placement={placement}"))["modelVersion"]
                    ?.ToString() == version
        );

    private Task<Guid> SomebodyAsync() => platform.QueryAsync<Guid>("recommendation", "select md5('regular-7')::uuid", null);

    private Task<int> LoggedAsync() =>
        platform.QueryAsync<int>("console", "select count(*)::int from audit_log where action like 'model.%'", null);

    /// <returns>The version that serves, and the one that served before it.</returns>
    private async Task<(string Serving, string Before)> VersionsAsync(string purpose)
    {
        var models = (await platform.GetAsync("/api/v1/recommendations/models?purpose=" + purpose))["items"]!.AsArray();
        var serving = models.Single(model => (bool)model!["serving"]!);
        var before = models.Where(model => model != serving && model!["promotedAt"] is not null);
        return (
            serving!["version"]!.ToString(),
            before.MaxBy(model => model!["promotedAt"]!.GetValue<DateTimeOffset>())!["version"]!.ToString()
        );
    }

    /// <summary>Orders that only recommending sees; models learn from them, twice.</summary>
    private async Task TrainsTwiceAsync()
    {
        for (var time = 1; time <= 2; time++)
        {
            if (await PromotedAsync() >= time)
                continue;
            await platform.ExecuteAsync("recommendation", OrdersSql, new { first = (time - 1) * 150, last = (time * 150) - 1 });
            await platform.SendAsync(HttpMethod.Post, "/api/v1/recommendations/train", RunningPlatform.AdminKey);
            await RunningPlatform.EventuallyAsync(
                $"models are trained and promoted {time} times: {await VerdictsAsync()}",
                async () => await PromotedAsync() >= time
            );
        }
    }

    /// <returns>How often both purposes got a new model.</returns>
    private Task<int> PromotedAsync() =>
        platform.QueryAsync<int>(
            "recommendation",
            """
            select least(
                count(*) filter (where purpose = 'taste' and customers >= 150),
                count(*) filter (where purpose = 'next-basket'))::int
            from models where promoted_at is not null
            """,
            null
        );

    private Task<string> VerdictsAsync() =>
        platform.QueryAsync<string>(
            "recommendation",
            "select coalesce(string_agg(version || ': ' || verdict, '; '), '') from models",
            null
        );

    // Everybody has a favourite that is in each order, and something else each time.
    private const string OrdersSql = """
        with made as (
            insert into orders (order_id, customer_id, total, at)
            select 'regular-' || n || '-' || week, md5('regular-' || n)::uuid, 20, now() - make_interval(days => 7 * week, mins => n)
            from generate_series(@first, @last) n, generate_series(0, 3) week
            on conflict do nothing
        )
        insert into order_items (order_id, product_id, quantity)
        select 'regular-' || n || '-' || week, teas[1 + (n + extra * (1 + week)) % 6], 1
        from generate_series(@first, @last) n, generate_series(0, 3) week, generate_series(0, 1) extra,
            (values (array['T1', 'T2', 'T3', 'P1', 'C1', 'S1'])) t (teas)
        on conflict do nothing
        """;
}
