using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Changes;

public sealed class ListChangesTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_follows_the_cursor_sees_each_change_once_and_in_order()
    {
        var cursor = await EndAsync();
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        var order = Shop.NewId("order");
        await shop.Sends(Shop.Identify(ann, null, new { plan = "pro" }, new { chat = true }));
        await shop.Sends(Shop.Track("Order Completed", null, browser, new { order_id = order, total = 5 }));
        var (person, visitor) = (await shop.CustomerOf(ann), await shop.CustomerOf(browser));
        await shop.Sends(Shop.Identify(ann, browser));
        using (var erased = await shop.Http.PostAsync($"/api/v1/customers/{person}/erasure", null, Ct))
            Assert.True(erased.IsSuccessStatusCode);

        var seen = await FollowAsync(cursor, limit: 2);
        var hash = Convert.ToHexStringLower(SHA256.HashData(person.ToByteArray(bigEndian: true)));
        // What named the person is gone with the person; that the person is gone stays.
        Assert.Equal([("erased", hash)], seen.Where(c => (string?)c["customerHash"] == hash).Select(c => ((string)c["kind"]!, hash)));
        Assert.DoesNotContain(seen, c => (string?)c["customerId"] == person.ToString() || (string?)c["key"] == person.ToString());
    }

    [Fact]
    public async Task Profiles_consents_orders_and_merges_are_changes()
    {
        var cursor = await EndAsync();
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        var order = Shop.NewId("order");
        await shop.Sends(Shop.Identify(ann, null, new { plan = "pro" }, new { chat = true }));
        await shop.Sends(Shop.Track("Order Completed", null, browser, new { order_id = order, total = 5 }));
        var (person, visitor) = (await shop.CustomerOf(ann), await shop.CustomerOf(browser));
        await shop.Sends(Shop.Identify(ann, browser));

        var seen = await FollowAsync(cursor, limit: 1000);
        Assert.Equal(["profile", "consent"], Of(person).Take(2).Select(c => (string)c["kind"]!));
        Assert.Contains(Of(visitor), c => ((string)c["kind"]!, (string)c["key"]!) == ("order", order));
        Assert.Equal(person.ToString(), (string)Of(visitor).Single(c => (string)c["kind"]! == "merged")["key"]!);

        IEnumerable<JsonObject> Of(Guid customer) => seen.Where(c => (string?)c["customerId"] == customer.ToString());
    }

    [Fact]
    public async Task Nothing_is_skipped_while_many_write()
    {
        var cursor = await EndAsync();
        var users = Enumerable.Range(0, 60).Select(_ => Shop.NewId("many")).ToArray();
        var seen = new List<JsonObject>();
        var writing = Task.WhenAll(users.Select(user => shop.Sends(Shop.Identify(user, null, new { plan = "pro" }))));
        while (!writing.IsCompleted)
            (seen, cursor) = await StepAsync(seen, cursor);
        await writing;
        seen.AddRange(await FollowAsync(cursor, limit: 100));

        var wanted = await shop.Db.QueryAsync<Guid>("select customer_id from identifiers where value = any(@users)", new { users }, Ct);
        var profiles = seen.Where(c => (string)c["kind"]! == "profile").Select(c => (Guid)c["customerId"]!).Where(wanted.Contains);
        Assert.Equal(wanted.Order(), profiles.Order());

        async Task<(List<JsonObject>, string)> StepAsync(List<JsonObject> before, string from)
        {
            var page = await PageAsync(from, 7);
            return ([.. before, .. page["items"]!.AsArray().Select(c => c!.AsObject())], (string)page["nextCursor"]!);
        }
    }

    [Fact]
    public async Task A_cursor_that_is_not_ours_is_refused()
    {
        using var answer = await shop.Http.GetAsync(new Uri("/api/v1/changes?cursor=abc", UriKind.Relative), Ct);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<string> EndAsync()
    {
        for (var cursor = ""; ; )
        {
            var page = await PageAsync(cursor, 1000);
            cursor = (string)page["nextCursor"]!;
            if (page["items"]!.AsArray().Count == 0)
                return cursor;
        }
    }

    /// <summary>
    /// Everything written until now. The feed gives what no open transaction can precede any more, and the other tests' transactions count
    /// too: it is asked once all that were open have ended.
    /// </summary>
    private async Task<List<JsonObject>> FollowAsync(string cursor, int limit)
    {
        var end = await SnapshotAsync("pg_snapshot_xmax");
        while (await SnapshotAsync("pg_snapshot_xmin") < end)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        var seen = new List<JsonObject>();
        for (var ended = false; !ended; )
        {
            var page = await PageAsync(cursor, limit);
            cursor = (string)page["nextCursor"]!;
            seen.AddRange(page["items"]!.AsArray().Select(c => c!.AsObject()));
            ended = page["items"]!.AsArray().Count == 0;
        }
        return seen;
    }

    private Task<long> SnapshotAsync(string edge) =>
        shop.Db.QuerySingleAsync<long>($"select {edge}(pg_current_snapshot())::text::bigint", null, Ct);

    private async Task<JsonObject> PageAsync(string cursor, int limit) =>
        (await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/changes?limit={limit}&cursor={cursor}", Ct))!;
}
