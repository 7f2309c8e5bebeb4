using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Xunit;

// One platform, one browser: a test signs in as somebody of its own where it changes something that others see.
[assembly: AssemblyFixture(typeof(MarketingPlatform.Console.Tests.RunningPlatform))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace MarketingPlatform.Console.Tests;

/// <summary>The whole platform in this process, as <c>./marketing up</c> has it, with a shop that has something to show.</summary>
public sealed class RunningPlatform : IAsyncLifetime
{
    public const string AdminPassword = "correct horse battery";
    public const string AdminKey = "mp_admin_console-tests-key-of-the-administrator";
    private const string CollectKey = "mp_collect_console-tests-key-of-the-shop";

    private readonly DirectoryInfo outbox = Directory.CreateTempSubdirectory("marketing-console-");
    private readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false };
    private WebApplication? app;

    public Uri Door { get; } = new($"http://127.0.0.1:{FreePort.Next()}");

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => app!.Services;

    internal ConsoleDatabase Database => Services.GetRequiredService<ConsoleDatabase>();

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        Http = new HttpClient(handler) { BaseAddress = Door };
        var settings = new Dictionary<string, string?>
        {
            ["Messaging:Transport"] = "memory",
            ["Gateway:RouteToServices"] = "false",
            ["Gateway:SeedKeys:admin"] = AdminKey,
            ["Gateway:SeedKeys:collect"] = CollectKey,
            ["Services:Key"] = "mp_services_console-tests-key-of-all-services",
            ["Services:ConsoleKey"] = "mp_console_console-tests-key-of-the-console",
            ["Console:FirstPassword"] = AdminPassword,
            ["Shop:PublicUrl"] = Door.ToString(),
            ["Shop:Name"] = "Tea & Co",
            ["Email:OutboxDirectory"] = outbox.FullName,
            ["Email:RecommendationTimeout"] = "00:00:05",
            // A test trains models, again and again.
            ["Recommendation:PurposesEvery"] = "00:00:01",
            ["Email:TrialTimeout"] = "00:00:50",
            ["Email:NamesTimeout"] = "00:00:50",
            ["Console:ServiceTimeout"] = "00:00:55",
        };
        foreach (var (name, database) in Standalone.Services.Databases)
            settings["ConnectionStrings:" + name] = await TestPostgres.CreateDatabaseAsync("console_" + database);
        foreach (var module in Standalone.Services.All())
            settings[$"services:{module.Name}:http:0"] = Door.ToString();
        app = ServiceHost.Build(
            [],
            Standalone.Services.All(),
            builder =>
            {
                builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Warning);
                builder.Configuration.AddInMemoryCollection(settings);
                builder.WebHost.UseUrls(Door.ToString());
            }
        );
        await app.StartAsync(ct);
        await EventuallyAsync(
            "the platform is healthy",
            async () => (await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(ct)).Status == HealthStatus.Healthy
        );
        await EventuallyAsync(
            "the first administrator is there",
            async () => await Console.Users.User.FindAsync(Database, "admin", ct) is not null
        );
        await TradeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }
        MassTransit.LogContext.Current = null;
        Http.Dispose();
        handler.Dispose();
        outbox.Delete(recursive: true);
    }

    /// <summary>What a shop's own systems send.</summary>
    public async Task CollectAsync(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(CollectKey + ":"))
        );
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<JsonNode> GetAsync(string path) => (await SendAsync(HttpMethod.Get, path, AdminKey))!;

    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, string key, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body)),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>A send to one person that begins in an hour.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> SendsLaterAsync(string campaign) =>
        (
            await SendAsync(
                HttpMethod.Post,
                "/api/v1/sends",
                AdminKey,
                new
                {
                    campaign,
                    startAt = TimeProvider.System.GetUtcNow().AddHours(1),
                    audience = new { recipients = new[] { new { email = "guest@example.com" } } },
                    content = new { subject = "New teas", text = "They are here." },
                }
            )
        )!["send"]!["id"]!.ToString();

    /// <summary>Another id proves to be a customer's.</summary>
    /// <returns>The customer who was folded.</returns>
    public async Task<string> MergesAsync(string customer)
    {
        var user = (await GetAsync($"/api/v1/customers/{customer}"))["userId"]!.ToString();
        // As wide as ids of some shops are.
        var other = $"second-{Guid.CreateVersion7():N}-{new string('W', 40)}";
        await CollectAsync("/v1/identify", new { userId = other, traits = new { firstName = "Second" } });
        var id = (await GetAsync($"/api/v1/customers?userId={other}"))["items"]![0]!["id"]!.ToString();
        await CollectAsync("/v1/alias", new { userId = user, previousId = other });
        return id;
    }

    /// <summary>Parks a message of the Email service that can be handled when it is replayed.</summary>
    public async Task<Guid> ParkAsync(string reason)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            "email",
            """
            insert into platform.failed_messages (id, consumer, message_id, type, body, sent_at, reason, attempts, failed_at)
            values (@Id, 'email-customer-erased', @Id, 'MarketingPlatform.Contracts.Customers:CustomerErased', @Body::text, now(), @Reason, 4, now())
            """,
            new
            {
                Id = id,
                Body = $$"""{"customerId":"{{id}}","at":"2026-11-01T00:00:00Z"}""",
                Reason = reason,
            }
        );
        return id;
    }

    /// <summary>Two weeks of ads in two channels, one of which brings ten times the other, and a budget divided on that.</summary>
    public async Task AdvertisesAsync()
    {
        var yesterday = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-1);
        await SendAsync(HttpMethod.Post, "/api/v1/ads/performance", AdminKey, new { rows = Trade.Ads(yesterday) });
        await SendAsync(HttpMethod.Post, "/api/v1/ads/budget/allocate", AdminKey, new { total = 100, seed = 1 });
    }

    /// <returns>The password.</returns>
    public async Task<string> MakesUserAsync(string name, string role)
    {
        var password = Console.Users.Password.Create();
        await ExecuteAsync(
            "console",
            "insert into users (id, name, role, password_hash, stamp, tour_dismissed, created_at) values (@Id, @name, @role, @Hash, @Id, true, now())",
            new
            {
                Id = Guid.CreateVersion7(),
                name,
                role,
                Hash = Console.Users.Password.Hash(password),
            }
        );
        return password;
    }

    public Task ExecuteAsync(string service, string sql, object? args) =>
        Services.GetRequiredKeyedService<ServiceDatabase>(service).ExecuteAsync(sql, args, TestContext.Current.CancellationToken);

    public Task<T> QueryAsync<T>(string service, string sql, object? args) =>
        Services.GetRequiredKeyedService<ServiceDatabase>(service).QuerySingleAsync<T>(sql, args, TestContext.Current.CancellationToken);

    public static async Task EventuallyAsync(string what, Func<Task<bool>> isTrue)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isTrue())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(2),
                $"Within two minutes it did not happen that {what}."
            );
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A month of a small shop: known people, orders, one whose values are hostile, a welcome mail to each who agreed.</summary>
    private async Task TradeAsync()
    {
        await SendAsync(HttpMethod.Post, "/api/v1/products", AdminKey, Trade.Products());
        foreach (var batch in Trade.Batches(TimeProvider.System.GetUtcNow()))
            await CollectAsync("/v1/batch", new { batch });
        await SendAsync(
            HttpMethod.Post,
            "/api/v1/imports?kind=orders&name=orders-of-the-market.csv&currency=EUR",
            AdminKey,
            new StringContent(Trade.Orders, Encoding.UTF8, "text/csv")
        );
        await EventuallyAsync(
            "Ada's welcome mail is sent",
            async () => (await GetAsync("/api/v1/messages?status=sent&limit=200"))["items"]!.AsArray().Count >= Trade.WhoAgreed
        );
        await EventuallyAsync(
            "the segments are filled",
            async () =>
                (await GetAsync("/api/v1/segments"))["items"]!
                    .AsArray()
                    .Any(segment => segment!["kind"]!.ToString() == "rfm" && (long)segment["size"]! > 0)
        );
    }
}
