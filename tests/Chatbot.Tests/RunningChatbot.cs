using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.TestInfrastructure;
using MarketingPlatform.TestInfrastructure.Streams;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

// Hosts share MassTransit's static log, and two cores are soon busy.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace MarketingPlatform.Chatbot.Tests;

/// <summary>The whole service on a database of its own, with the in-memory bus. The tests of a class share it, each with people of its own.</summary>
public sealed class RunningChatbot : IAsyncLifetime
{
    public static readonly DateTimeOffset Day = new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Uri MessagesPath = new(Routes.Chat + "/messages", UriKind.Relative);

    private WebApplication app = null!;
    private TokenIssuer issuer = null!;
    private string? connectionString;
    private FakePlatform platform = null!;

    /// <summary>Customers, Email and Recommendation as the bot sees them.</summary>
    public FakePlatform Platform => platform;

    internal Uri Door => new(app.Urls.First());

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal IServiceProvider Services => app.Services;

    public string ConnectionString => connectionString!;

    internal ChatbotDatabase Database => Services.GetRequiredService<ChatbotDatabase>();

    public ValueTask InitializeAsync() => StartAsync();

    /// <param name="beside">A running instance whose database this one shares.</param>
    internal async ValueTask StartAsync(RunningChatbot? beside = null)
    {
        issuer = new TokenIssuer(TokenIssuer.CreateKey(), TimeProvider.System);
        connectionString = beside?.connectionString ?? await TestPostgres.CreateDatabaseAsync("chatbot");
        platform = await FakePlatform.StartAsync(Ct);
        app = ServiceHost.Build(
            [],
            [new ChatbotModule()],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:chatbot-db"] = connectionString,
                        ["Messaging:Transport"] = "memory",
                        ["Shop:Name"] = "Tea House",
                        ["Chatbot:CheckEvery"] = "00:00:00.050",
                        ["Chatbot:WaitForModel"] = "00:01:00",
                        ["Chatbot:FollowEvery"] = "00:00:00.050",
                        ["Chatbot:RecommendationTimeout"] = "00:00:10",
                        ["Chatbot:AllowPrivateWebHook"] = "true",
                        ["Chatbot:VisitsPerMinute"] = "1000",
                        ["Services:Key"] = "key",
                        ["services:gateway:http:0"] = platform.Address,
                        ["services:customers:http:0"] = platform.Address,
                        ["services:email:http:0"] = platform.Address,
                        ["services:recommendation:http:0"] = platform.Address,
                    }
                );
                builder.Logging.SetMinimumLevel(LogLevel.Warning);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Services.AddSingleton<ITokenKeys>(issuer);
            }
        );
        await app.StartAsync(Ct);
        await Database.WhenReadyAsync(Ct);
        // On a busy machine the training of the whole model takes its time.
        while (Services.GetRequiredService<ServingModel>().Current is null or { Row.Fingerprint: StoredModel.FirstFingerprint })
            await Task.Delay(20, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await platform.DisposeAsync();
        issuer.Dispose();
        MassTransit.LogContext.Current = null;
    }

    internal static Guid NewCustomer() => Guid.CreateVersion7(Day);

    internal static OrderPlaced Order(Guid customer, string id, DateTimeOffset at, params string[] products) =>
        new(customer, id, [.. products.Select(p => new CartLine(p, "The " + p, 1, 10))], 10 * products.Length, "EUR", null, at);

    internal HttpClient Client(Scope scope)
    {
        var client = Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
        client.BaseAddress = new Uri(app.Urls.First());
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("test", [scope]).Token);
        return client;
    }

    /// <summary>Gives a message to the bus; nobody waits for it here.</summary>
    internal Task PublishAsync(StreamMessage message) =>
        Services
            .GetRequiredService<IBus>()
            .Publish(message.Message, message.Message.GetType(), context => context.MessageId = message.Id, Ct);

    /// <summary>Hands messages to a consumer as the bus would, and commits.</summary>
    internal async Task ConsumeAsync<TConsumer, TMessage>(params TMessage[] messages)
        where TConsumer : InboxConsumer<ChatbotDatabase, TMessage>
        where TMessage : class
    {
        await using var scope = Services.CreateAsyncScope();
        var consumer = scope.ServiceProvider.GetRequiredService<TConsumer>();
        await using var work = await Database.BeginAsync(Ct);
        var now = TimeProvider.System.GetUtcNow();
        await consumer.HandleAsync([.. messages.Select(m => new Received<TMessage>(Guid.CreateVersion7(now), m, null, now))], work, Ct);
        await work.CommitAsync(Ct);
    }

    internal Task OrdersAsync(params OrderPlaced[] orders) => ConsumeAsync<OrderPlacedConsumer, OrderPlaced>(orders);

    internal Task CatalogueAsync(params ProductChanged[] products) => ConsumeAsync<ProductChangedConsumer, ProductChanged>(products);

    internal Task<HttpResponseMessage> PostAsync(object body, Scope scope = Scope.Write) =>
        Client(scope).PostAsJsonAsync(MessagesPath, body, Json.Options, Ct);

    /// <summary>A visitor says something and is answered.</summary>
    internal async Task<Answer> SaysAsync(string text, Guid? customer = null, Guid? conversation = null)
    {
        using var response = await PostAsync(
            new
            {
                conversationId = conversation,
                customerId = customer,
                text,
            }
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<Answer>(Json.Options, Ct))!;
    }

    internal async Task<T> GetAsync<T>(string path) =>
        (await Client(Scope.Read).GetFromJsonAsync<T>(new Uri(Routes.Chat + path, UriKind.Relative), Json.Options, Ct))!;
}
