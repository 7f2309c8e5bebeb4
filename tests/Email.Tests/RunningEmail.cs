using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.TestInfrastructure;
using MarketingPlatform.TestInfrastructure.Streams;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;
using Xunit;

namespace MarketingPlatform.Email.Tests;

/// <summary>Hosts share process-wide state of MassTransit: one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class HostedEmail
{
    public const string Name = "hosted email";
}

/// <summary>One service for all tests of a class: they meet different customers.</summary>
public sealed class SharedEmail : IAsyncLifetime
{
    internal RunningEmail Email { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Email = await RunningEmail.StartAsync();

    public ValueTask DisposeAsync() => Email.DisposeAsync();
}

/// <summary>The whole service in this process, on a database of its own, with a stand-in for Recommendation and Gateway.</summary>
internal sealed class RunningEmail : IAsyncDisposable
{
    private readonly TokenIssuer issuer = new(TokenIssuer.CreateKey(), TimeProvider.System);
    private readonly DirectoryInfo outbox = Directory.CreateTempSubdirectory("email-outbox-");
    private readonly List<object> published = [];
    private WebApplication app = null!;
    private string? connectionString;

    public HttpClient Http { get; } = new SocketsHttpHandlerClient();

    /// <summary>May change things too.</summary>
    public HttpClient Writer { get; } = new SocketsHttpHandlerClient();

    /// <summary>Sends no key, as browsers and mail programs do.</summary>
    public HttpClient Anonymous { get; } = new SocketsHttpHandlerClient();

    public EmailDatabase Database => app.Services.GetRequiredService<EmailDatabase>();

    public string ConnectionString => connectionString!;

    /// <summary>The services that it asks.</summary>
    public OtherServices Others { get; } = new();

    /// <inheritdoc cref="OtherServices.Segments"/>
    public Dictionary<string, IReadOnlyList<Guid>> Segments => Others.Segments;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RunningEmail> StartAsync(string? database = null, params (string Key, string Value)[] settings)
    {
        var email = new RunningEmail();
        await email.Others.StartAsync();
        await email.StartEmailAsync(database ?? await TestPostgres.CreateDatabaseAsync("email"), settings);
        return email;
    }

    /// <summary>Gives a message to the bus; nobody waits for it here.</summary>
    internal Task PublishAsync(StreamMessage message) => Deliveries.PublishAsync(app.Services.GetRequiredService<IBus>(), message, Ct);

    /// <summary>Publishes an event and waits until this service has dealt with it.</summary>
    /// <returns>The message's id, to send it again.</returns>
    public async Task<Guid> HearsAsync(object message, Guid? id = null, string? traceParent = null)
    {
        var messageId = id ?? Guid.CreateVersion7();
        await app
            .Services.GetRequiredService<IBus>()
            .Publish(
                message,
                message.GetType(),
                Pipe.Execute<PublishContext>(context =>
                {
                    context.MessageId = messageId;
                    if (traceParent is not null)
                        context.Headers.Set("traceparent", traceParent);
                }),
                Ct
            );
        await EventuallyAsync(async () =>
            await Database.QuerySingleAsync<bool>(
                "select exists (select from platform.inbox where message_id = @Id)",
                new { Id = messageId },
                Ct
            )
        );
        return messageId;
    }

    /// <summary>A new customer, with an address of its own where none is given.</summary>
    public async Task<Guid> KnowsAsync(string? address = "", bool? consent = true, DateTimeOffset? at = null, Guid? id = null)
    {
        var customer = id ?? Guid.CreateVersion7();
        await HearsAsync(Profile(customer, 1, address?.Length == 0 ? AddressOf(customer) : address));
        if (consent is { } granted)
            await HearsAsync(new ConsentChanged(customer, ConsentPurposes.EmailMarketing, granted, "form", at ?? Now));
        return customer;
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static string AddressOf(Guid customer) => $"{customer:N}@example.com";

    public static CustomerProfileChanged Profile(Guid customer, long version, string? email) =>
        new(customer, version, null, email, "Anna", null, null, null, null, null, null, null, Now, Now);

    public static CartAbandoned Cart(Guid customer, string cartId, DateTimeOffset? at = null) =>
        new(customer, cartId, [new("T1", "Green tea", 2, 4.5m), new("P1", "Teapot", 1, 30)], 39, "EUR", at ?? Now, at ?? Now);

    /// <summary>Waits until every decided mail has met its end.</summary>
    public Task SettlesAsync() =>
        EventuallyAsync(async () =>
            await Database.QuerySingleAsync<bool>("select not exists (select from mails where status in ('queued', 'claimed'))", null, Ct)
        );

    public async Task<IReadOnlyList<Message>> MailsAsync(Guid customer, string? automation = null)
    {
        await SettlesAsync();
        var page = await GetAsync<Page<Message>>($"/api/v1/messages?customer={customer}");
        return [.. page.Items.Where(mail => automation is null || mail.Automation == automation)];
    }

    public async Task<HttpResponseMessage> PostAsync(string path, object? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body ?? new { }, options: Json.Options),
        };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await Http.SendAsync(request, Ct);
    }

    public async Task<T> GetAsync<T>(string path) => (await Http.GetFromJsonAsync<T>(path, Json.Options, Ct))!;

    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public async Task SavesAsync(string name, TemplateContent content)
    {
        using var answer = await Writer.PutAsJsonAsync($"/api/v1/templates/{name}", content, Json.Options, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>Saves an automation under the name that its file gives.</summary>
    public async Task SavesAutomationAsync(string yaml)
    {
        var name = yaml.Split('\n')[0].Replace("name:", "", StringComparison.Ordinal).Trim();
        using var content = new StringContent(yaml, new MediaTypeHeaderValue("application/yaml"));
        using var answer = await Writer.PutAsync(new Uri($"/api/v1/automations/{name}", UriKind.Relative), content, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>All mails that really left for this address, as they lie in the folder.</summary>
    public async Task<IReadOnlyList<MimeMessage>> OutboxAsync(string address)
    {
        await SettlesAsync();
        List<MimeMessage> mails = [];
        foreach (var file in outbox.GetFiles("*.eml").OrderBy(file => file.Name, StringComparer.Ordinal))
            mails.Add(await MimeMessage.LoadAsync(file.FullName, Ct));
        return [.. mails.Where(mail => mail.To.Mailboxes.Single().Address == address)];
    }

    /// <summary>Events that left the service and match, once there is one.</summary>
    public async Task<IReadOnlyList<T>> PublishesAsync<T>(Func<T, bool> matches)
    {
        await EventuallyAsync(() => Task.FromResult(Published<T>().Any(matches)));
        return [.. Published<T>().Where(matches)];
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await Others.DisposeAsync();
        LogContext.Current = null;
        Http.Dispose();
        Writer.Dispose();
        Anonymous.Dispose();
        issuer.Dispose();
        outbox.Delete(recursive: true);
    }

    private List<T> Published<T>()
    {
        lock (published)
            return [.. published.OfType<T>()];
    }

    /// <param name="patience">Default a minute.</param>
    public static async Task EventuallyAsync(Func<Task<bool>> isTrue, TimeSpan? patience = null)
    {
        var started = Stopwatch.GetTimestamp();
        var longest = patience ?? TimeSpan.FromMinutes(1);
        while (!await isTrue())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < longest, $"What was waited for did not happen within {longest}.");
            await Task.Delay(20, Ct);
        }
    }

    private async Task StartEmailAsync(string database, (string Key, string Value)[] settings)
    {
        connectionString = database;
        var address = Others.Address;
        var configuration = new Dictionary<string, string?>
        {
            ["ConnectionStrings:email-db"] = database,
            ["Messaging:Transport"] = "memory",
            ["Email:OutboxDirectory"] = outbox.FullName,
            ["Email:RecommendationTimeout"] = "00:00:20",
            ["Email:TrialTimeout"] = "00:01:00",
            ["Email:NamesTimeout"] = "00:01:00",
            // Tests choose whom they hold out.
            ["Email:HoldOut:Automations"] = "0",
            ["Email:WaitForRecipient"] = "00:00:01",
            ["Shop:Name"] = "Tea & Co",
            ["Shop:PublicUrl"] = "https://tea.example",
            ["services:recommendation:http:0"] = address,
            ["services:gateway:http:0"] = address,
            ["services:segmentation:http:0"] = address,
            ["services:customers:http:0"] = address,
        };
        foreach (var (key, value) in settings)
            configuration[key] = value;
        app = ServiceHost.Build(
            [],
            [new EmailModule()],
            builder =>
            {
                builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Warning);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Configuration.AddInMemoryCollection(configuration);
                builder.Services.AddSingleton<ITokenKeys>(issuer);
            }
        );
        await app.StartAsync(Ct);
        var bus = app.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Ct);
        await bus.ConnectReceiveEndpoint(
            "test",
            endpoint =>
            {
                endpoint.Handler<EmailsSent>(context => Task.WhenAll(context.Message.Mails.Select(Note)));
                endpoint.Handler<EmailUnsubscribed>(context => Note(context.Message));
                endpoint.Handler<EmailOpened>(context => Note(context.Message));
                endpoint.Handler<EmailClicked>(context => Note(context.Message));
            }
        ).Ready;
        await Database.WhenReadyAsync(Ct);
        Http.BaseAddress = Writer.BaseAddress = Anonymous.BaseAddress = new Uri(OtherServices.AddressOf(app));
        Writer.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("test", [Scope.Write]).Token);
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("test", [Scope.Write]).Token);
    }

    private Task Note(object message)
    {
        lock (published)
            published.Add(message);
        return Task.CompletedTask;
    }

    // The parameterless constructor of HttpClient is banned, rightly: here one client lives as long as its server.
    // Who asks before sending megabytes waits for the answer on a busy machine too.
    private sealed class SocketsHttpHandlerClient()
        : HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });
}
