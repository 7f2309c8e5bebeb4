using System.Net;
using System.Text.Json;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>Two people were taken for one; when that is undone, every service knows two again.</summary>
[Collection(StandalonePlatform.Shared)]
public sealed class UnmergeTests(StandalonePlatform platform)
{
    [Fact]
    public async Task A_merge_that_is_undone_is_undone_in_every_service()
    {
        var now = TimeProvider.System.GetUtcNow();
        Assert.True(
            await platform.CollectsAsync(
                Shop.SignsUp("apart-1", "apart-1@shop.test", now.AddDays(-3)),
                Shop.Orders("apart-1", "apart-order-1", now.AddDays(-3), "a1"),
                Shop.SignsUp("apart-2", "apart-2@shop.test", now.AddDays(-2)),
                Shop.Orders("apart-2", "apart-order-2", now.AddDays(-2), "a2")
            )
        );
        var (from, into) = (await CustomerOfAsync("apart-1"), await CustomerOfAsync("apart-2"));
        var before = (await ProfileAsync(from), await ProfileAsync(into));

        Assert.True(
            await platform.CollectsAsync(
                new
                {
                    type = "alias",
                    previousId = "apart-1",
                    userId = "apart-2",
                    messageId = "apart-alias",
                    timestamp = now.AddDays(-9),
                }
            )
        );
        Assert.Equal(into, await CustomerOfAsync("apart-1"));
        foreach (var (database, sql) in WhoIs(from))
            await platform.EventuallyTellsAsync(database, sql, into.ToString());

        using (var answer = await platform.SendAsync(HttpMethod.Post, $"/api/v1/customers/{from}/unmerge", "write", null))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        foreach (var (database, sql) in WhoIs(from))
            await platform.EventuallyTellsAsync(database, sql, from.ToString());
        Assert.Equal(before, (await ProfileAsync(from), await ProfileAsync(into)));
        Assert.Equal(from, await CustomerOfAsync("apart-1"));
        Assert.Equal(from, await platform.AskAsync<Guid>("customers", "select customer_id from orders where order_id = 'apart-order-1'"));
    }

    /// <summary>For each service a question whom a customer counts for.</summary>
    private static IEnumerable<(string Database, string Sql)> WhoIs(Guid customer)
    {
        foreach (var database in new[] { "segmentation", "ads" })
            yield return (database, $"select coalesce((select root_id from merges where from_id = '{customer}'), '{customer}')::text");
        foreach (var database in new[] { "recommendation", "chatbot" })
            yield return (
                database,
                $"select coalesce((select into_id from customer_aliases where from_id = '{customer}' and merged), '{customer}')::text"
            );
        yield return (
            "email",
            $"select coalesce((select canonical_id from recipients where customer_id = '{customer}'), '{customer}')::text"
        );
    }

    private async Task<Guid> CustomerOfAsync(string userId) =>
        (await platform.GetAsync($"/api/v1/customers?userId={userId}")).GetProperty("items")[0].GetProperty("id").GetGuid();

    /// <summary>
    /// All that the platform tells of a customer, but for times and counts: the alias itself is an event, and the earliest.
    /// </summary>
    private async Task<string> ProfileAsync(Guid customer)
    {
        var profile = (await platform.GetAsync($"/api/v1/customers/{customer}")).Deserialize<Dictionary<string, JsonElement>>()!;
        foreach (var member in new[] { "firstSeenAt", "lastSeenAt", "computed" })
            profile.Remove(member);
        return JsonSerializer.Serialize(profile);
    }
}
