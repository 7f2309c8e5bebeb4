using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Threading.Channels;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Behaviour;
using MarketingPlatform.Recommendation.Measurement;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Serving;
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

namespace MarketingPlatform.Recommendation.Tests;

/// <summary>
/// The whole service on a database of its own, with the in-memory bus. It trains when told to: by <see cref="TrainAsync"/>. The tests
/// of a class
/// share it and use products and customers of their own.
/// </summary>
public sealed class RunningService : IAsyncLifetime
{
    private WebApplication app = null!;
    private TokenIssuer issuer = null!;
    private string? connectionString;
    private int listeners;

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal IServiceProvider Services => app.Services;

    public string ConnectionString => connectionString!;

    internal RecommendationDatabase Database => Services.GetRequiredService<RecommendationDatabase>();

    public ValueTask InitializeAsync() => StartAsync(new Dictionary<string, string?>());

    /// <param name="settings">Instead of those of this fixture.</param>
    /// <param name="beside">A running instance whose database this one shares.</param>
    internal async ValueTask StartAsync(IReadOnlyDictionary<string, string?> settings, RunningService? beside = null)
    {
        issuer = new TokenIssuer(TokenIssuer.CreateKey(), TimeProvider.System);
        connectionString = beside?.connectionString ?? await TestPostgres.CreateDatabaseAsync("recommendation");
        app = ServiceHost.Build(
            [],
            [new RecommendationModule()],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:recommendation-db"] = connectionString,
                        ["Messaging:Transport"] = "memory",
                        ["Recommendation:MinimumOrders"] = "1",
                        // Only on request: a training in between would make a test depend on the clock.
                        ["Recommendation:Quiet"] = "1.00:00:00",
                        ["Recommendation:MaxWait"] = "1.00:00:00",
                        ["Recommendation:PurposesEvery"] = "00:00:00",
                        ["Recommendation:CheckEvery"] = "00:00:00.050",
                    }
                );
                builder.Configuration.AddInMemoryCollection(settings);
                builder.Logging.SetMinimumLevel(LogLevel.Warning);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Services.AddSingleton<ITokenKeys>(issuer);
            }
        );
        await app.StartAsync(Ct);
        await Database.WhenReadyAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        issuer.Dispose();
        MassTransit.LogContext.Current = null;
    }

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
        where TConsumer : InboxConsumer<RecommendationDatabase, TMessage>
        where TMessage : class
    {
        await using var scope = Services.CreateAsyncScope();
        var consumer = scope.ServiceProvider.GetRequiredService<TConsumer>();
        await using var work = await Database.BeginAsync(Ct);
        var now = TimeProvider.System.GetUtcNow();
        await consumer.HandleAsync([.. messages.Select(m => new Received<TMessage>(Guid.CreateVersion7(now), m, null, now))], work, Ct);
        await work.CommitAsync(Ct);
    }

    /// <summary>Listens on the bus as another service would, from now on.</summary>
    internal async Task<ChannelReader<TMessage>> ListenAsync<TMessage>()
        where TMessage : class
    {
        var heard = Channel.CreateUnbounded<TMessage>();
        var endpoint = Services
            .GetRequiredService<IBusControl>()
            .ConnectReceiveEndpoint(
                $"test-{typeof(TMessage).Name}-{Interlocked.Increment(ref listeners)}",
                e => e.Handler<TMessage>(c => heard.Writer.WriteAsync(c.Message, Ct).AsTask())
            );
        await endpoint.Ready.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        return heard.Reader;
    }

    internal Task OrdersAsync(params OrderPlaced[] orders) => ConsumeAsync<OrderPlacedConsumer, OrderPlaced>(orders);

    /// <summary>Asks for a training over HTTP and waits until its model serves.</summary>
    internal async Task TrainAsync()
    {
        var serving = Services.GetRequiredService<ServingModel>();
        var replaced = serving.Replaced;
        using var response = await Client(Scope.Write).PostAsync(new Uri(Routes.Recommendations + "/train", UriKind.Relative), null, Ct);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        await replaced.WaitAsync(TimeSpan.FromSeconds(60), Ct);
    }

    /// <summary>Lets this instance hear what the database has; by itself it does so every <c>CheckEvery</c>.</summary>
    internal async Task RefreshAsync()
    {
        await Services.GetRequiredService<ServingModel>().RefreshAsync(Ct);
        await Services.GetRequiredService<ExperimentBook>().RefreshAsync(Ct);
        await Services.GetRequiredService<ServingStates>().RefreshAsync(Ct);
    }

    internal async Task<RecommendationList> RecommendAsync(string query)
    {
        await RefreshAsync();
        return (
            await Client(Scope.Read)
                .GetFromJsonAsync<RecommendationList>(new Uri(Routes.Recommendations + query, UriKind.Relative), Json.Options, Ct)
        )!;
    }

    internal async Task<ProductUpsertResult> UpsertAsync(params ProductUpsert[] products)
    {
        using var response = await Client(Scope.Write)
            .PostAsJsonAsync(new Uri(Routes.Products, UriKind.Relative), new ProductUpserts(products), Json.Options, Ct);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<ProductUpsertResult>(Json.Options, Ct))!;
    }
}
