using System.Net;
using System.Text.Json;

namespace MarketingPlatform.EndToEnd.Tests;

[Collection(StandalonePlatform.Shared)]
public sealed class RecommendationInOneProcessTests(StandalonePlatform platform) : RecommendationTests(platform);

[Collection(DistributedPlatform.Shared)]
public sealed class RecommendationOverRabbitMqTests(DistributedPlatform platform) : RecommendationTests(platform);

/// <summary>From orders to a model, an answer with its reasons, a mail, a click, an order, and the report that tells of them.</summary>
public abstract class RecommendationTests(RunningPlatform platform)
{
    [Fact]
    public async Task Orders_come_in_and_answers_reasons_clicks_orders_and_the_report_follow()
    {
        var now = TimeProvider.System.GetUtcNow();
        var buyers = Enumerable.Range(0, 60).Select(i => Shop.Orders($"loose-{i}", $"loose-{i}", now.AddDays(-20), "r-tea", "r-honey"));
        Assert.True(await platform.CollectsAsync([.. buyers, Shop.Orders("rec-ada", "rec-ada-1", now.AddDays(-10), "r-tea")]));
        var customer = await RunningPlatform.EventuallyAsync(
            "the buyer is a customer",
            async () =>
            {
                var found = (await platform.GetAsync("/api/v1/customers?userId=rec-ada")).GetProperty("items");
                return found.GetArrayLength() > 0 ? found[0].GetProperty("id").GetString() : null;
            }
        );
        await RunningPlatform.EventuallyAsync<object>(
            "the buyer's order is known",
            async () =>
                await platform.AskAsync<int>("recommendation", "select count(*)::int from orders where order_id = 'rec-ada-1'") > 0
                    ? true
                    : null
        );
        using (var train = await platform.SendAsync(HttpMethod.Post, "/api/v1/recommendations/train", "write", null))
            Assert.Equal(HttpStatusCode.Accepted, train.StatusCode);
        var path = $"/api/v1/recommendations?customer={customer}&placement=mail&limit=100";
        var honey = await RunningPlatform.EventuallyAsync<object>(
            "honey is recommended because of the tea",
            async () =>
                Find(await platform.GetAsync(path), "r-honey") is { } item && Reason(item).Contains("r-tea", StringComparison.Ordinal)
                    ? item
                    : null
        );
        Assert.Equal("Because you bought Product r-tea", Reason((JsonElement)honey));
        // Exact shares come from models that can tell them; which one serves depends on what else the platform was fed.
        if (((JsonElement)honey).TryGetProperty("because", out var because))
            Assert.Equal("r-tea", because[0].GetProperty("productId").GetString());

        // The block of a mail asks the same door, at the placement of mails, and gives the same reason. Which four products it shows depends on
        // what else the platform was fed.
        Assert.True(await platform.CollectsAsync(Shop.SignsUp("rec-ada", "rec-ada@shop.test", now)));
        var mail = await platform.EventuallySendsAsync("rec-ada@shop.test", "welcome");
        Assert.Contains("Because you bought Product r-tea", mail.HtmlBody, StringComparison.Ordinal);

        var answer = await platform.GetAsync(path);
        var decision = answer.GetProperty("decisionId").GetString();
        Assert.True(
            await platform.CollectsAsync(
                new
                {
                    type = "track",
                    userId = "rec-ada",
                    @event = "Product Clicked",
                    messageId = "rec-click",
                    properties = new { product_id = "r-honey", recommendation_id = decision },
                },
                Shop.Orders("rec-ada", "rec-ada-2", TimeProvider.System.GetUtcNow().AddSeconds(5), "r-honey")
            )
        );
        await RunningPlatform.EventuallyAsync<object>(
            "the report tells of the click and the order",
            async () =>
                (await platform.GetAsync("/api/v1/recommendations/report"))
                    .GetProperty("rows")
                    .EnumerateArray()
                    .Any(row =>
                        row.GetProperty("placement").GetString() == "mail"
                        && row.GetProperty("clicked").GetInt64() > 0
                        && row.GetProperty("orders").GetInt64() > 0
                    )
                    ? true
                    : null
        );
    }

    private static JsonElement? Find(JsonElement answer, string product)
    {
        foreach (var item in answer.GetProperty("items").EnumerateArray())
            if (item.GetProperty("productId").GetString() == product)
                return item;
        return null;
    }

    private static string Reason(JsonElement item) => item.GetProperty("reason").GetString()!;
}
