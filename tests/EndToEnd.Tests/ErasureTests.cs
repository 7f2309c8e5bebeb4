using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MarketingPlatform.EndToEnd.Tests;

[Collection(StandalonePlatform.Shared)]
public sealed class ErasureInOneProcessTests(StandalonePlatform platform) : ErasureTests(platform);

[Collection(DistributedPlatform.Shared)]
public sealed class ErasureOverRabbitMqTests(DistributedPlatform platform) : ErasureTests(platform);

/// <summary>A person who did all that one can do here is forgotten everywhere.</summary>
public abstract class ErasureTests(RunningPlatform platform)
{
    private const string Address = "zephyrine@quillfeather.test";
    private static readonly string[] Names = ["quill-77", "quill-browser", Address, "+49 170 7700077", "Zephyrine", "Quillfeather"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_erased_person_is_found_in_no_column_of_any_table_of_any_service_and_every_service_has_answered()
    {
        var (customer, visitor) = await DoesEverythingAsync();
        string[] words = [.. Names, .. new[] { customer, visitor }.SelectMany(id => new[] { id.ToString("D"), id.ToString("N") })];
        foreach (var database in Standalone.Services.Databases.Values.Except(["gateway", "console"]))
            Assert.NotEmpty(await platform.FindTracesAsync(database, words));

        var export = await AsksAsync($"/api/v1/customers/{customer}/export");
        await CompletesAsync(export);
        using var document = await platform.SendAsync(HttpMethod.Get, $"/api/v1/privacy/requests/{export}/export", "admin", null);
        var exported = await document.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(
            ["ads", "chatbot", "customers", "email", "recommendation", "segmentation"],
            exported.GetProperty("services").EnumerateObject().Select(service => service.Name).Order()
        );
        Assert.Contains(Address, exported.GetProperty("services").GetProperty("email").GetRawText(), StringComparison.Ordinal);

        var erasure = await AsksAsync($"/api/v1/customers/{customer}/erasure");
        var receipts = (await CompletesAsync(erasure)).GetProperty("receipts").EnumerateArray().ToArray();
        Assert.Equal(6, receipts.Length);
        Assert.All(receipts, receipt => Assert.NotEqual(0, receipt.GetProperty("tables").GetArrayLength()));

        foreach (var database in Standalone.Services.Databases.Values)
            await RunningPlatform.EventuallyAsync(
                $"nothing of the person in {database}: {string.Join('\n', await platform.FindTracesAsync(database, words))}",
                async () => (await platform.FindTracesAsync(database, words)).Count == 0
            );
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(platform.Data, "outbox")),
            file => File.ReadAllText(file).Contains(Address, StringComparison.Ordinal)
        );

        Assert.True(await platform.CollectsAsync(Shop.Views("quill-77", "p-late", TimeProvider.System.GetUtcNow().AddHours(-1))));
        var late = await platform.GetAsync($"/api/v1/privacy/requests/{erasure}");
        Assert.Equal(1, late.GetProperty("lateEvents").GetInt64());
        Assert.Empty(await platform.FindTracesAsync("customers", words));
    }

    private async Task<(Guid Customer, Guid Visitor)> DoesEverythingAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        using (
            var answer = await platform.SendAsync(HttpMethod.Put, "/api/v1/settings/carts", "write", new { abandonedAfter = "00:00:01" })
        )
            answer.EnsureSuccessStatusCode();
        Assert.True(await platform.CollectsAsync(SignsUp(now), Browses(now)));
        var visitor = await platform.AskAsync<Guid>("customers", "select customer_id from identifiers where value = 'quill-browser'");
        Assert.True(
            await platform.CollectsAsync(
                Joins(now),
                Shop.Orders("quill-77", "quill-order", now.AddDays(-2), "q1", "q2"),
                Shop.AddsToCart("quill-77", "quill-cart", "q1", "Quill", now)
            )
        );
        await platform.EventuallySendsAsync(Address, "cart");
        var customer = await platform.AskAsync<Guid>("customers", "select customer_id from identifiers where value = 'quill-browser'");
        Assert.NotEqual(visitor, customer);
        // A call that cannot be used, a question to the bot, and time for every service to hear of it all.
        Assert.True(
            await platform.CollectsAsync(
                new
                {
                    type = "track",
                    userId = "quill-77",
                    context = new { email = Address },
                }
            )
        );
        using (
            var said = await platform.SendAsync(
                HttpMethod.Post,
                "/api/v1/chat/messages",
                "write",
                new { text = "Where is my order? I am Zephyrine", customerId = customer }
            )
        )
            Assert.True(said.IsSuccessStatusCode, await said.Content.ReadAsStringAsync(Ct));
        await platform.EventuallyTellsAsync("ads", $"select count(*) from abandoned_carts where customer_id = '{customer}'", 1L);
        await platform.EventuallyTellsAsync("chatbot", $"select count(*) from orders where customer_id = '{customer}'", 1L);
        await platform.EventuallyTellsAsync("recommendation", $"select count(*) from orders where customer_id = '{customer}'", 1L);
        await platform.EventuallyTellsAsync("segmentation", $"select count(*) from merges where from_id = '{visitor}'", 1L);
        return (customer, visitor);
    }

    private async Task<string> AsksAsync(string path)
    {
        using var answer = await platform.SendAsync(HttpMethod.Post, path, "admin", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> CompletesAsync(string request)
    {
        JsonElement view = default;
        await RunningPlatform.EventuallyAsync(
            "every service has answered",
            async () =>
            {
                view = await platform.GetAsync($"/api/v1/privacy/requests/{request}");
                return view.GetProperty("state").GetString() == "complete";
            }
        );
        return view;
    }

    private static object SignsUp(DateTimeOffset at) =>
        new
        {
            type = "identify",
            userId = Names[0],
            messageId = "signup-" + Names[0],
            timestamp = at,
            traits = new
            {
                email = Address,
                phone = Names[3],
                firstName = Names[4],
                lastName = Names[5],
            },
            context = new
            {
                consent = new
                {
                    categoryPreferences = new
                    {
                        email_marketing = true,
                        ads_audience = true,
                        profiling = true,
                    },
                },
            },
        };

    private static object Browses(DateTimeOffset at) =>
        new
        {
            type = "track",
            anonymousId = Names[1],
            @event = "Product Viewed",
            messageId = "view-" + Names[1],
            timestamp = at,
            properties = new { product_id = "q1" },
        };

    private static object Joins(DateTimeOffset at) =>
        new
        {
            type = "identify",
            userId = Names[0],
            anonymousId = Names[1],
            messageId = "login-" + Names[0],
            timestamp = at,
        };
}
