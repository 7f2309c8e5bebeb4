using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Segments;

public sealed class RuleSegmentsApiTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private const string Path = "/api/v1/segments";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await shop.StartsOver();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_rule_is_previewed_saved_explained_changed_and_deleted()
    {
        var (ann, bob) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Hears(shop.Profile(ann, 200, country: "DE"), shop.Order(ann, 3, 120), shop.Order(bob, 3, 90));
        await shop.FollowsRules();
        const string Text = "spent > 100 in last 90d and country = \"de\"";

        var preview = await Ok(Send(HttpMethod.Post, Path + "/preview", new { text = Text }, scope: Scope.Read));
        Assert.Equal((1, 2), (preview.GetProperty("size").GetInt32(), preview.GetProperty("customers").GetInt32()));
        Assert.Equal(ann, preview.GetProperty("sample")[0].GetGuid());

        using var created = await Send(
            HttpMethod.Post,
            Path,
            new
            {
                key = "vip",
                name = "VIP",
                rule = preview.GetProperty("rule"),
            }
        );
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        await shop.FollowsRules();
        Assert.Equal(["vip"], await shop.RulesOf(ann));
        var shown = await Ok(Send(HttpMethod.Get, Path + "/vip"));
        Assert.Equal(Text, shown.GetProperty("text").GetString());
        Assert.Equal((1, true), (shown.GetProperty("size").GetInt32(), shown.GetProperty("upToDate").GetBoolean()));

        var contains = await Ok(
            Send(HttpMethod.Post, Path + "/vip/contains", new { customerIds = new[] { bob, ann, Shop.NewCustomer() } })
        );
        Assert.Equal([ann], contains.GetProperty("members").EnumerateArray().Select(m => m.GetGuid()));

        var why = await Ok(Send(HttpMethod.Get, $"{Path}/vip/explain?customer={bob}"));
        Assert.False(why.GetProperty("member").GetBoolean());
        var parts = why.GetProperty("why").GetProperty("of").EnumerateArray().ToList();
        Assert.Equal("spent > 100 in last 90d", parts[0].GetProperty("text").GetString());
        Assert.Equal((false, 90m), (parts[0].GetProperty("answer").GetBoolean(), parts[0].GetProperty("observed").GetDecimal()));
        Assert.False(parts[1].TryGetProperty("answer", out _)); // nobody knows bob's country

        var change = new { name = "VIP", text = "spent > 50" };
        using (var blind = await Send(HttpMethod.Put, Path + "/vip", change))
            Assert.Equal((HttpStatusCode)428, blind.StatusCode);
        using (var changed = await Send(HttpMethod.Put, Path + "/vip", change, "\"1\""))
            Assert.Equal("\"2\"", changed.Headers.ETag!.Tag);
        using (var late = await Send(HttpMethod.Put, Path + "/vip", change, "\"1\""))
            Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        await shop.FollowsRules();
        Assert.Equal(["vip"], await shop.RulesOf(bob));

        await Ok(
            Send(
                HttpMethod.Post,
                Path,
                new
                {
                    key = "vips-friends",
                    name = "x",
                    text = "in segment \"vip\"",
                }
            )
        );
        using (var used = await Send(HttpMethod.Delete, Path + "/vip", null, "\"2\""))
            Assert.Contains("vips-friends", await used.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        foreach (var key in new[] { "vips-friends", "vip" })
            using (var deleted = await Send(HttpMethod.Delete, $"{Path}/{key}", null, "*"))
                Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await shop.FollowsRules();
        Assert.Equal(["+vip", "-vip"], (await shop.PublishedAbout(bob)).Where(p => p.EndsWith("vip", StringComparison.Ordinal)));
        using var gone = await Send(HttpMethod.Get, Path + "/vip");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData("""{"key": "x", "name": "x", "text": "wealth > 3"}""", "text", "character 1")]
    [InlineData("""{"key": "x", "name": "x", "rule": {"all": [{"field": "age", "op": ">", "value": "old"}]}}""", "rule", "$.all[0]")]
    [InlineData("""{"key": "x", "name": "x", "text": "did \"y\""}""", "text", "how far to look back")]
    [InlineData("""{"key": "x", "name": "x"}""", "rule", "either")]
    [InlineData("""{"key": "Big One", "name": "x", "text": "age > 3"}""", "key", "lower-case")]
    [InlineData("""{"key": "x", "text": "age > 3"}""", "name", "name")]
    [InlineData("""{"key": "x", "name": "a\u0000b", "text": "age > 3"}""", "name", "in one line")]
    [InlineData("""{"key": "x", "name": "x", "rule": {"event": "a\u0000b", "last": "3d"}}""", "rule", "$.event")]
    [InlineData("""{"key": "x", "name": "x", "rule": {"orders": {}, "last": "9999d"}}""", "rule", "$.last")]
    public async Task A_bad_rule_is_refused_with_its_place(string body, string field, string message)
    {
        using var document = JsonDocument.Parse(body);
        using var answer = await Send(HttpMethod.Post, Path, document.RootElement);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Contains(message, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Built_in_segments_and_taken_keys_are_refused()
    {
        await shop.Hears(shop.Profile(Shop.NewCustomer(), 3));
        await shop.Evaluates();
        using var change = await Send(HttpMethod.Put, Path + "/lapsed", new { name = "x", text = "age > 3" }, "*");
        Assert.Equal(HttpStatusCode.Conflict, change.StatusCode);
        using var taken = await Send(
            HttpMethod.Post,
            Path,
            new
            {
                key = "lapsed",
                name = "x",
                text = "age > 3",
            }
        );
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        using var reading = await Send(
            HttpMethod.Post,
            Path,
            new
            {
                key = "y",
                name = "x",
                text = "age > 3",
            },
            scope: Scope.Read
        );
        Assert.Equal(HttpStatusCode.Forbidden, reading.StatusCode);
    }

    private static async Task<JsonElement> Ok(Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private async Task<HttpResponseMessage> Send(
        HttpMethod method,
        string path,
        object? body = null,
        string? version = null,
        Scope scope = Scope.Write
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (version is not null)
            request.Headers.TryAddWithoutValidation("If-Match", version);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(scope));
        return await shop.Http.SendAsync(request, Ct);
    }
}
