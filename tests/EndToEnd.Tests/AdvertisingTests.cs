using System.Text.Json;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>Advertising, through the public door of a running platform: rows in, creatives tested, budget moved within its guardrails, decision explained.</summary>
[Collection(StandalonePlatform.Shared)]
public sealed class AdvertisingTests(StandalonePlatform platform)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly DateOnly Today = DateOnly.FromDateTime(Now.UtcDateTime);

    [Fact]
    public async Task Performance_rows_come_in_creatives_are_tested_and_the_budget_moves_within_its_guardrails_with_its_reasons()
    {
        // Rows by creative, of three weeks: one channel sells five times as well, one of its creatives is clicked twice as often.
        var test = await PostAsync(
            "/creative-tests",
            new
            {
                name = "Faces",
                channel = "social",
                campaign = "e2e",
                creatives = new[] { "photo", "film" },
                startsOn = Today.AddDays(-21),
                seed = 1,
            }
        );
        var rows = Enumerable
            .Range(1, 21)
            .SelectMany(ago =>
                new[] { Row(ago, "social", "photo", 100, 4), Row(ago, "social", "film", 200, 6), Row(ago, "search", null, 100, 2) }
            );
        var sent = await PostAsync("/performance", new { rows });
        Assert.Equal((63, 0), (sent.GetProperty("accepted").GetInt32(), sent.GetProperty("rejected").GetArrayLength()));

        // The loser is paused, and says why.
        var arms = (await platform.GetAsync($"/api/v1/ads/creative-tests/{test.GetProperty("id")}"))
            .GetProperty("arms")
            .EnumerateArray()
            .ToArray();
        var photo = arms.Single(a => a.GetProperty("creative").GetString() == "photo");
        Assert.Equal("paused", photo.GetProperty("status").GetString());
        Assert.Contains("of 'film'", photo.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, arms.Single(a => a.GetProperty("creative").GetString() == "film").GetProperty("share").GetDouble());

        // Today's budget, then tomorrow's: shares move towards what returns more, by a fifth at most.
        var first = await PostAsync(
            "/budget/allocate",
            new
            {
                total = 100,
                date = Today,
                seed = 1,
            }
        );
        var second = await PostAsync(
            "/budget/allocate",
            new
            {
                total = 100,
                date = Today.AddDays(1),
                seed = 1,
            }
        );
        Assert.Equal(100, Cells(second).Values.Sum(c => c.GetProperty("amount").GetDecimal()));
        foreach (var (name, cell) in Cells(second))
        {
            var (before, after) = (Cells(first)[name].GetProperty("amount").GetDecimal(), cell.GetProperty("amount").GetDecimal());
            Assert.InRange(after, Math.Floor(before * 0.8m * 100) / 100, Math.Ceiling(before * 1.2m * 100) / 100);
            Assert.Contains("the next EUR returns", cell.GetProperty("explanation").GetString(), StringComparison.Ordinal);
        }
        Assert.True(
            Cells(second)["social/e2e"].GetProperty("amount").GetDecimal() > Cells(second)["search/e2e"].GetProperty("amount").GetDecimal()
        );

        // What the day may still spend, by the hour.
        var pacing = await platform.GetAsync("/api/v1/ads/budget/pacing");
        Assert.All(
            pacing.GetProperty("cells").EnumerateArray(),
            cell => Assert.InRange(cell.GetProperty("cap").GetDecimal(), 0, cell.GetProperty("planned").GetDecimal())
        );
        var decisions = (await platform.GetAsync("/api/v1/ads/budget/allocations?limit=1")).GetProperty("items");
        Assert.Equal(second.GetProperty("id").GetString(), decisions[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_order_after_a_click_on_an_advert_is_joined_to_its_campaign()
    {
        Assert.True(
            await platform.CollectsAsync(
                Page("clicker", Now.AddMinutes(-30), "?gclid=e2e-1&utm_source=google&utm_medium=cpc&utm_campaign=e2e-join"),
                Page("clicker", Now.AddMinutes(-29), "?gclid=e2e-1&utm_source=google&utm_medium=cpc&utm_campaign=e2e-join"),
                Shop.Orders("clicker", "e2e-order", Now.AddMinutes(-10), "p1")
            )
        );
        JsonElement? campaign = null;
        await RunningPlatform.EventuallyAsync(
            "the order is joined",
            async () =>
            {
                var items = (await platform.GetAsync("/api/v1/ads/traffic")).GetProperty("items").EnumerateArray();
                campaign = items
                    .Where(t => t.GetProperty("campaign").GetString() == "e2e-join" && t.GetProperty("orders").GetInt64() == 1)
                    .Select(t => (JsonElement?)t)
                    .FirstOrDefault();
                return campaign is not null;
            }
        );
        Assert.Equal(
            ("search", 2L, 1L),
            (
                campaign!.Value.GetProperty("channel").GetString(),
                campaign.Value.GetProperty("gross").GetInt64(),
                campaign.Value.GetProperty("net").GetInt64()
            )
        );
    }

    private static object Page(string user, DateTimeOffset at, string search) =>
        new
        {
            type = "page",
            userId = user,
            messageId = Guid.CreateVersion7().ToString(),
            timestamp = at,
            name = "Home",
            context = new { page = new { url = "https://shop.test/" + search, search } },
        };

    // The platform is shared: cells of other tests' adverts may be among them.
    private static Dictionary<string, JsonElement> Cells(JsonElement allocation) =>
        allocation.GetProperty("cells").EnumerateArray().ToDictionary(NameOf);

    private static string NameOf(JsonElement cell) =>
        string.Join(
            '/',
            new[] { "channel", "campaign", "segment" }
                .Where(part => cell.TryGetProperty(part, out _))
                .Select(part => cell.GetProperty(part))
        );

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await platform.SendAsync(HttpMethod.Post, "/api/v1/ads" + path, "admin", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static object Row(int ago, string channel, string? creative, int clicks, int conversions) =>
        new
        {
            date = Today.AddDays(-ago),
            channel,
            campaign = "e2e",
            creative,
            spend = 25,
            impressions = 10_000,
            clicks,
            conversions,
            value = 40 * conversions,
        };
}
