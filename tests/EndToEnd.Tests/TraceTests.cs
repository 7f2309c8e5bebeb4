using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MarketingPlatform.Customers;
using MarketingPlatform.Email;
using MarketingPlatform.Email.Tests.Sending;
using MarketingPlatform.Gateway;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Recommendation;
using MarketingPlatform.TestInfrastructure;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;
using OpenTelemetry.Trace;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>One trace from the shop's call to the mail server, over doors, outbox, RabbitMQ and consumers.</summary>
/// <remarks>
/// Four services of one process, each with a door, a database and a connection to the broker of its own: nothing but what travels over
/// these joins their spans.
/// </remarks>
public sealed class TraceTests : IAsyncDisposable
{
    private const string CollectKey = "collect-key-of-the-trace-test";
    private const string WriteKey = "write-key-of-the-trace-test";

    private static readonly IServiceModule[] Modules =
    [
        new GatewayModule(),
        new CustomersModule(),
        new RecommendationModule(),
        new EmailModule(),
    ];

    private readonly List<WebApplication> services = [];
    private readonly List<Activity> spans = [];
    private readonly HttpClient http = new(new SocketsHttpHandler());

    [Fact]
    public async Task A_tracked_cart_and_the_mail_about_it_are_one_trace_down_to_the_mail_server()
    {
        await using var sink = await SmtpSink.StartAsync();
        await StartAsync(sink.Port);
        await CallAsync(HttpMethod.Put, "/api/v1/settings/carts", WriteKey, new { abandonedAfter = "00:00:01" });
        await CallAsync(HttpMethod.Post, "/v1/identify", CollectKey, Shop.SignsUp("traced", "traced@shop.test", Now));

        await CallAsync(HttpMethod.Post, "/v1/track", CollectKey, Shop.AddsToCart("traced", "cart", "p1", "Blue kettle", Now));
        await RunningPlatform.EventuallyAsync(
            "the mail about the cart is with the mail server",
            () => Task.FromResult(SubjectsIn(sink.Mails).Any(subject => subject.Contains("Blue kettle", StringComparison.Ordinal)))
        );
        // Spans are exported as they end.
        foreach (var service in services)
            await service.StopAsync(TestContext.Current.CancellationToken);

        var doors = Snapshot().Where(span => span.Kind == ActivityKind.Server && Has(span, "url.path", "/v1/track")).ToArray();
        Assert.Equal(2, doors.Length); // the Gateway's, and Customers' behind it
        var trace = Snapshot().Where(span => span.TraceId == doors[0].TraceId).ToDictionary(span => span.SpanId);
        Assert.All(
            [
                "customers.store_calls",
                "publish CartAbandoned", // from the outbox to RabbitMQ
                "handle email-cart-abandoned", // in the consumer's transaction
                "email.send_mail",
                "email.smtp_data",
            ],
            name =>
            {
                var span = Assert.Single(trace.Values, span => span.DisplayName == name);
                var path = Ancestors(span, trace).ToArray();
                // No gap: from here to the shop's call each span knows the one before it.
                Assert.Equal(default, path[^1].ParentSpanId);
                Assert.Superset(doors.Select(door => door.SpanId).ToHashSet(), path.Select(step => step.SpanId).ToHashSet());
            }
        );
        Assert.Contains(trace.Values, span => span.Source.Name == "MassTransit" && span.Kind == ActivityKind.Consumer);
        Assert.Contains(trace.Values, span => span.DisplayName == "email.smtp_data" && Has(span, "smtp.outcome", "Delivered"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services)
            await service.DisposeAsync();
        http.Dispose();
        // MassTransit keeps the log of the first host; the next host in this process needs its own.
        LogContext.Current = null;
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static bool Has(Activity span, string tag, string value) => span.GetTagItem(tag) as string == value;

    private static IEnumerable<Activity> Ancestors(Activity span, Dictionary<ActivitySpanId, Activity> trace)
    {
        for (var current = span; current is not null; current = trace.GetValueOrDefault(current.ParentSpanId))
            yield return current;
    }

    private static IEnumerable<string> SubjectsIn(DirectoryInfo mails) =>
        mails.GetFiles().Where(file => file.Length > 0).Select(file => MimeMessage.Load(file.FullName).Subject ?? "");

    private async Task StartAsync(int smtpPort)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:rabbitmq"] = await TestRabbit.CreateVirtualHostAsync("trace"),
            ["Services:Key"] = "services-key-of-the-trace-test",
            ["Gateway:SeedKeys:collect"] = CollectKey,
            ["Gateway:SeedKeys:write"] = WriteKey,
            ["Email:Smtp:Host"] = "127.0.0.1",
            ["Email:Smtp:Port"] = smtpPort.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Email:Smtp:Tls"] = "None",
        };
        var doors = Modules.ToDictionary(module => module.Name, _ => $"http://127.0.0.1:{FreePort.Next()}");
        foreach (var (name, door) in doors)
        {
            settings[$"services:{name}:http:0"] = door;
            settings[$"ConnectionStrings:{name}-db"] = await TestPostgres.CreateDatabaseAsync("trace_" + name);
        }
        http.BaseAddress = new Uri(doors["gateway"]);
        foreach (var module in Modules)
        {
            var service = ServiceHost.Build(
                [],
                [module],
                builder =>
                {
                    builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Warning);
                    builder.WebHost.UseUrls(doors[module.Name]);
                    builder.Configuration.AddInMemoryCollection(settings);
                    // Sources are heard process-wide: one exporter hears all four services.
                    if (services.Count == 0)
                        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddInMemoryExporter(spans));
                }
            );
            services.Add(service);
            await service.StartAsync(TestContext.Current.CancellationToken);
        }
        foreach (var door in doors.Values)
            await RunningPlatform.EventuallyAsync(
                door + " is healthy",
                async () => (await http.GetAsync(new Uri(door + "/health"), TestContext.Current.CancellationToken)).IsSuccessStatusCode
            );
    }

    /// <summary>The exporter's list, now that everything that filled it is stopped.</summary>
    private Activity[] Snapshot() => [.. spans];

    private async Task CallAsync(HttpMethod method, string path, string key, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
