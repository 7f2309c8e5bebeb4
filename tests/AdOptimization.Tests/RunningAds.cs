using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.TestInfrastructure;
using MarketingPlatform.TestInfrastructure.Streams;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

// Hosts share MassTransit's static log, and two cores are soon busy.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace MarketingPlatform.AdOptimization.Tests;

/// <summary>
/// The whole service on a database and a bus of its own, and a clock that moves when told. What it publishes is kept by a trigger.
/// </summary>
public sealed class RunningAds : IAsyncLifetime
{
    /// <summary>Already the 2nd of March in Berlin, where the shop is.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 23, 30, 0, TimeSpan.Zero);

    public static readonly DateOnly Today = new(2026, 3, 2);

    private Deliveries deliveries = null!;
    private string? connectionString;
    private WebApplication app = null!;
    private WebApplication others = null!;
    private TokenIssuer issuer = null!;

    /// <summary>Segmentation's segments, by key.</summary>
    public Dictionary<string, IReadOnlyList<Guid>> Segments { get; } = [];

    public FakeTimeProvider Clock { get; } = new(Start);

    public HttpClient Http { get; private set; } = null!;

    public string ConnectionString => connectionString!;

    internal T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    internal AdsDatabase Db => app.Services.GetRequiredService<AdsDatabase>();

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        connectionString = await TestPostgres.CreateDatabaseAsync("ads");
        issuer = new TokenIssuer(TokenIssuer.CreateKey(), Clock);
        await StartOthersAsync();
        app = ServiceHost.Build(
            [],
            [new AdOptimizationModule()],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:ads-db"] = connectionString,
                        ["Messaging:Transport"] = "memory",
                        ["Shop:TimeZone"] = "Europe/Berlin",
                        ["services:segmentation:http:0"] = others.Urls.First(),
                        ["services:gateway:http:0"] = others.Urls.First(),
                    }
                );
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.AddFilter(null, LogLevel.Critical);
                builder.Services.AddSingleton<TimeProvider>(Clock);
                builder.Services.AddSingleton<ITokenKeys>(issuer);
            }
        );
        await app.StartAsync(Ct);
        await Db.WhenReadyAsync(Ct);
        await Db.ExecuteAsync(PublishedNews.RecordSql, null, Ct);
        deliveries = new Deliveries(app.Services.GetRequiredService<IBus>(), "ads");
        Http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
        Http.BaseAddress = new Uri(app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await others.DisposeAsync();
        issuer.Dispose();
        LogContext.Current = null;
    }

    public Task<HttpResponseMessage> Get(string path, Scope? scope = Scope.Read) => Send(new(HttpMethod.Get, Routes.Ads + path), scope);

    public Task<HttpResponseMessage> Post(string path, string json, Scope? scope = Scope.Write) =>
        Send(new(HttpMethod.Post, Routes.Ads + path) { Content = new StringContent(json, Encoding.UTF8, "application/json") }, scope);

    public Task<HttpResponseMessage> Put(string path, object body) =>
        Send(
            new(HttpMethod.Put, Routes.Ads + path)
            {
                Content = new StringContent(
                    System.Text.Json.JsonSerializer.Serialize(body, Json.Options),
                    Encoding.UTF8,
                    "application/json"
                ),
            },
            Scope.Write
        );

    public async Task<T> Read<T>(string path)
    {
        using var response = await Get(path);
        return await Read<T>(response);
    }

    public async Task<T> Write<T>(string path, object body)
    {
        using var response = await Post(path, System.Text.Json.JsonSerializer.Serialize(body, Json.Options));
        return await Read<T>(response);
    }

    /// <summary>Delivers messages as the broker would; returns when every one was handled.</summary>
    public Task Hears(params object[] messages) => deliveries.DeliverAsync(messages, Ct);

    /// <summary>Gives a message to the bus; nobody waits for it here.</summary>
    internal Task PublishAsync(StreamMessage message) => Deliveries.PublishAsync(app.Services.GetRequiredService<IBus>(), message, Ct);

    /// <summary>What was published, oldest first.</summary>
    public async Task<T[]> Published<T>() =>
        [
            .. (
                await Db.QueryAsync<string>(
                    "select body from test.published where type like '%' || @Name || '%' order by id",
                    new { typeof(T).Name },
                    Ct
                )
            ).Select(body => System.Text.Json.JsonSerializer.Deserialize<T>(body, Json.Options)!),
        ];

    public Task StartsOver() =>
        Db.ExecuteAsync(
            """
            truncate budget_periods, audience_hold_outs, audience_hold_out_members, response_models, performance, performance_parts, creative_tests, creative_decisions, hold_outs, hold_out_days, ad_visits, ad_orders, performance_versions, held_performance, allocations, allocation_cells, channel_effectiveness, test.published
            """,
            null,
            Ct
        );

    public static Guid NewCustomer() => Guid.CreateVersion7();

    public CartAbandoned Cart(Guid customer, TimeSpan ago) =>
        new(customer, "cart", [], 4, "EUR", Clock.GetUtcNow() - ago - TimeSpan.FromHours(1), Clock.GetUtcNow() - ago);

    public OrderPlaced Order(Guid customer, TimeSpan ago) =>
        new(customer, Guid.CreateVersion7().ToString(), [], 10, "EUR", null, Clock.GetUtcNow() - ago);

    public ConsentChanged Consent(Guid customer, bool granted, TimeSpan ago, string purpose = ConsentPurposes.AdsAudience) =>
        new(customer, purpose, granted, "form", Clock.GetUtcNow() - ago);

    private async Task StartOthersAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        others = builder.Build();
        others.MapPost("/api/v1/token", () => Results.Json(new { token = "for-services", expiresAt = Clock.GetUtcNow().AddHours(1) }));
        others.MapGet(Routes.Segments + "/{segment}/members", (string segment, string? cursor) => Members(segment, cursor));
        await others.StartAsync(Ct);
    }

    private IResult Members(string segment, string? cursor)
    {
        if (!Segments.TryGetValue(segment, out var members))
            return Results.NotFound();
        // Many pages, so that they have to be turned.
        var from = int.Parse(cursor ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var next = from + 150 < members.Count ? (from + 150).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return Results.Json(new { items = members.Skip(from).Take(150).Select(id => new { customerId = id }), nextCursor = next });
    }

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, Scope? scope)
    {
        using (request)
        {
            if (scope is { } granted)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("test", [granted]).Token);
            return await Http.SendAsync(request, Ct);
        }
    }

    private static async Task<T> Read<T>(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<T>(Json.Options, Ct))!;
    }
}
