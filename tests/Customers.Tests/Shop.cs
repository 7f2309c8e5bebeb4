using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Customers.Carts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.TestInfrastructure;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(MarketingPlatform.Customers.Tests.Shop))]

namespace MarketingPlatform.Customers.Tests;

/// <summary>
/// The whole service on a database and a bus of its own, and a clock that stands still. What it publishes is kept by a trigger; the cart
/// timer runs when a test says so. One for all tests that do not move the clock: each takes ids that nobody else has.
/// </summary>
public sealed class Shop : IAsyncLifetime
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What a page sends as <c>writeKey</c>.</summary>
    public const string PageKey = "page-key";

    private Deliveries deliveries = null!;
    private readonly List<WebApplication> instances = [];
    private TokenIssuer? issuer;
    private string? connectionString;

    public FakeTimeProvider Clock { get; } = new(Start);

    /// <summary>Beside the defaults.</summary>
    internal IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    public FakeRecommendation Recommendation { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public string ConnectionString => connectionString!;

    internal IServiceProvider Services => instances[0].Services;

    internal CustomersDatabase Db => Services.GetRequiredService<CustomersDatabase>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        connectionString = await TestPostgres.CreateDatabaseAsync("customers");
        issuer = new TokenIssuer(TokenIssuer.CreateKey(), Clock);
        await Recommendation.StartAsync(Ct);
        Http = await AddInstanceAsync();
        await Db.ExecuteAsync(PublishedNews.RecordSql, null, Ct);
        deliveries = new Deliveries(Services.GetRequiredService<IBus>(), "customers");
    }

    /// <summary>Starts another process of the service on the same database.</summary>
    public async Task<HttpClient> AddInstanceAsync()
    {
        var app = ServiceHost.Build(
            [],
            [new CustomersModule(), new TimerByHand(this)],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:customers-db"] = connectionString,
                        ["Messaging:Transport"] = "memory",
                        ["Shop:TimeZone"] = "Europe/Berlin",
                        ["Services:Key"] = "service-key",
                        ["Services:recommendation:http:0"] = Recommendation.Url,
                        ["Services:segmentation:http:0"] = Recommendation.Url,
                        ["Services:gateway:http:0"] = Recommendation.Url,
                    }
                );
                builder.Configuration.AddInMemoryCollection(Settings);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.ClearProviders();
                builder.Logging.AddProvider(Warnings);
                builder.Services.AddSingleton<TimeProvider>(Clock);
                builder.Services.AddSingleton<ITokenKeys>(issuer!);
            }
        );
        await app.StartAsync(Ct);
        await app.Services.GetRequiredService<CustomersDatabase>().WhenReadyAsync(Ct);
        instances.Add(app);
        // Without the resilience of a real client: a 500 must be seen, not repeated.
        return new HttpClient(new AsAdmin(this)) { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromMinutes(1) };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var app in instances)
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }
        await Recommendation.DisposeAsync();
        issuer!.Dispose();
    }

    /// <summary>What the service complained of: where a test fails, this says why.</summary>
    internal LastWarnings Warnings { get; } = new();

    public string TokenFor(Scope scope) => issuer!.Issue("test", [scope]).Token;

    /// <summary>An id that no other test uses.</summary>
    public static string NewId(string hint = "id") => $"{hint}-{Guid.CreateVersion7():N}";

    /// <summary>Sends calls in one batch and expects the answer 200.</summary>
    public async Task<JsonObject> Sends(params JsonObject[] calls) => await Sends(Http, calls);

    public static async Task<JsonObject> Sends(HttpClient http, params JsonObject[] calls)
    {
        using var response = await http.PostAsJsonAsync("/v1/batch", new JsonObject { ["batch"] = new JsonArray([.. calls]) }, Ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<JsonObject>(Ct))!;
    }

    public static JsonObject Track(
        string name,
        string? user = null,
        string? anonymous = null,
        object? properties = null,
        DateTimeOffset? at = null
    ) =>
        Call(
            "track",
            user,
            anonymous,
            new
            {
                @event = name,
                properties,
                timestamp = at,
            }
        );

    public static JsonObject Identify(
        string? user = null,
        string? anonymous = null,
        object? traits = null,
        object? consent = null,
        DateTimeOffset? at = null
    ) =>
        Call(
            "identify",
            user,
            anonymous,
            new
            {
                traits,
                timestamp = at,
                context = consent is null ? null : new { consent = new { categoryPreferences = consent } },
            }
        );

    public static JsonObject Call(string type, string? user, string? anonymous, object more)
    {
        var call = JsonSerializer.SerializeToNode(more, Json.Options)!.AsObject();
        call["type"] = type;
        call["messageId"] = NewId("m");
        if (user is not null)
            call["userId"] = user;
        if (anonymous is not null)
            call["anonymousId"] = anonymous;
        return call;
    }

    /// <summary>The one customer whom an identifier names.</summary>
    internal Task<Guid> CustomerOf(string identifier) =>
        Db.QuerySingleAsync<Guid>("select distinct customer_id from identifiers where value = @identifier", new { identifier }, Ct);

    internal Task<int> Count(string table, Guid customer) =>
        Db.QuerySingleAsync<int>($"select count(*)::int from {table} where customer_id = @customer", new { customer }, Ct);

    /// <summary>What was published and names an id, oldest first.</summary>
    internal async Task<IReadOnlyList<T>> Published<T>(object id) =>
        [
            .. (
                await Db.QueryAsync<string>(
                    "select body from test.published where type like '%' || @type and body like '%' || @id || '%' order by id",
                    new { type = $".{typeof(T).Name},%", id = id.ToString() },
                    Ct
                )
            ).Select(body => JsonSerializer.Deserialize<T>(body, Json.Options)!),
        ];

    /// <summary>Delivers messages as the broker would; returns when each was handled.</summary>
    public Task Hears(params object[] messages) => deliveries.DeliverAsync(messages, Ct);

    /// <summary>The cart timer strikes.</summary>
    internal Task<int> TimerStrikes() => Services.GetRequiredService<CartTimer>().CloseDueAsync(Ct);

    private sealed class AsAdmin(Shop shop) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", shop.TokenFor(Scope.Admin));
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Registered after the service's own module: takes the timer out of the background, and exchanges keys as the Gateway does.</summary>
    private sealed class TimerByHand(Shop shop) : IServiceModule
    {
        public string Name => "timer-by-hand";

        public void Use(IApplicationBuilder app) =>
            app.Use(
                async (context, next) =>
                {
                    if (HttpMethods.IsPost(context.Request.Method) && context.Request.Headers.Authorization.Count == 0)
                    {
                        context.Request.EnableBuffering();
                        using var body = new MemoryStream();
                        await context.Request.Body.CopyToAsync(body);
                        context.Request.Body.Position = 0;
                        if (
                            System
                                .Text.Encoding.UTF8.GetString(body.ToArray())
                                .Contains($"\"writeKey\":\"{PageKey}\"", StringComparison.Ordinal)
                        )
                            context.Request.Headers.Authorization = "Bearer " + shop.TokenFor(Scope.Collect);
                    }
                    await next(context);
                }
            );

        public void AddServices(IHostApplicationBuilder builder)
        {
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(CartTimer)));
            builder.Services.AddSingleton<CartTimer>();
        }

        public void MapEndpoints(IEndpointRouteBuilder root) { }
    }

    internal sealed class LastWarnings : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> kept = new();

        public override string ToString() => string.Join('\n', kept);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!IsEnabled(logLevel))
                return;
            kept.Enqueue($"{formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
            while (kept.Count > 5)
                kept.TryDequeue(out _);
        }

        public void Dispose() { }
    }
}
