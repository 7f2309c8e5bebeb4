using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketingPlatform.Cli.Bench.Email;

/// <summary>What a send took: time by the clock, this process's processor time, managed memory that it allocated.</summary>
internal sealed record SendCost(double Seconds, double ProcessorSeconds, long AllocatedBytes);

/// <summary>The e-mail service with a stand-in for Recommendation and Gateway, spoken to as callers do: events and HTTP.</summary>
internal sealed class BenchedService : IAsyncDisposable
{
    // Counting a send's mails costs what it measures: once a second is enough.
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);
    private readonly TokenIssuer issuer;
    private readonly TimeProvider clock;
    private readonly string database;
    private WebApplication app = null!;
    private WebApplication others = null!;
    private string? keyFile;

    private BenchedService(string database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
        issuer = new(TokenIssuer.CreateKey(), clock);
    }

    public static async Task<BenchedService> StartAsync(
        string database,
        int smtpPort,
        int sessions,
        string? dkimKey,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var service = new BenchedService(database, clock);
        await service.StartOthersAsync(ct);
        await service.StartServiceAsync(smtpPort, sessions, dkimKey, ct);
        return service;
    }

    /// <summary>Customers 1 to <paramref name="count"/>, with address and a consent that welcomes nobody.</summary>
    public async Task KnowCustomersAsync(int count, CancellationToken ct)
    {
        var bus = app.Services.GetRequiredService<IBus>();
        var at = clock.GetUtcNow().AddDays(-30);
        foreach (var set in Enumerable.Range(1, count).Chunk(2_000))
        {
            await Task.WhenAll(
                set.Select(i =>
                    bus.Publish(
                        new CustomerProfileChanged(
                            IdOf(i),
                            1,
                            null,
                            AddressOf(i),
                            NameOf(i),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            at,
                            at
                        ),
                        ct
                    )
                )
            );
            await Task.WhenAll(
                set.Select(i => bus.Publish(new ConsentChanged(IdOf(i), ConsentPurposes.EmailMarketing, true, "form", at), ct))
            );
            // The in-memory transport holds what is not handled: not all hundred thousand at once.
            await WhenAsync(async () => await KnownAsync(ct) >= set[^1], TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>One send to the first <paramref name="count"/> customers, and waits until the mail server has them all.</summary>
    public async Task<SendCost> SendAsync(string campaign, int count, CancellationToken ct)
    {
        using var http = Client();
        using var self = Process.GetCurrentProcess();
        var processor = self.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var started = Stopwatch.GetTimestamp();
        using var response = await http.PostAsJsonAsync(
            Routes.Sends,
            new
            {
                campaign,
                audience = new
                {
                    recipients = Enumerable.Range(1, count).Select(i => new { customerId = IdOf(i), variables = new { points = i } }),
                },
                content = new
                {
                    subject = BenchMail.Subject,
                    html = BenchMail.Html,
                    text = BenchMail.Text,
                },
                recommendations = BenchMail.Products,
            },
            Json.Options,
            ct
        );
        response.EnsureSuccessStatusCode();
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("send").GetProperty("id").GetGuid();
        JsonElement send = default;
        await WhenAsync(
            async () =>
            {
                using var asking = Client();
                send = await asking.GetFromJsonAsync<JsonElement>($"{Routes.Sends}/{id}", ct);
                return send.GetProperty("status").GetString() == "done";
            },
            ct
        );
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        self.Refresh();
        var sent = send.GetProperty("progress").GetProperty("sent").GetInt32();
        return sent == count
            ? new(seconds, (self.TotalProcessorTime - processor).TotalSeconds, GC.GetTotalAllocatedBytes() - allocated)
            : throw new InvalidOperationException($"{sent} of {count} mails were sent: {send}");
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await others.DisposeAsync();
        // The next host of this process gets a log of its own.
        LogContext.Current = null;
        issuer.Dispose();
        if (keyFile is not null)
            File.Delete(keyFile);
    }

    private HttpClient Client()
    {
        var http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        http.BaseAddress = new Uri(AddressOf(app));
        // A token lives for five minutes, a send may take longer: each client gets its own.
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("bench", [Scope.Write]).Token);
        return http;
    }

    private async Task<long> KnownAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        await using var count = new NpgsqlCommand(
            "select count(*) from consents c join recipients r using (customer_id) where r.email is not null",
            connection
        );
        return (long)(await count.ExecuteScalarAsync(ct))!;
    }

    private Task WhenAsync(Func<Task<bool>> isTrue, CancellationToken ct) => WhenAsync(isTrue, Glance, ct);

    private async Task WhenAsync(Func<Task<bool>> isTrue, TimeSpan glance, CancellationToken ct)
    {
        while (!await isTrue())
            await Task.Delay(glance, clock, ct);
    }

    private async Task StartOthersAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        others = builder.Build();
        others.MapPost("/api/v1/token", () => Results.Json(new { token = "for-services", expiresAt = clock.GetUtcNow().AddHours(1) }));
        others.MapGet(Routes.Recommendations, (Guid customer) => Results.Json(BenchMail.RecommendedTo(customer), Json.Options));
        others.MapPost(
            Routes.Recommendations + "/batch",
            (JsonElement question) =>
                Results.Json(
                    new
                    {
                        customers = question
                            .GetProperty("customers")
                            .EnumerateArray()
                            .Select(id => id.GetGuid())
                            .Select(id => new { customerId = id, recommendations = BenchMail.RecommendedTo(id) }),
                    },
                    Json.Options
                )
        );
        await others.StartAsync(ct);
    }

    private async Task StartServiceAsync(int smtpPort, int sessions, string? dkimKey, CancellationToken ct)
    {
        var configuration = new Dictionary<string, string?>
        {
            ["ConnectionStrings:email-db"] = database,
            ["Messaging:Transport"] = "memory",
            ["Email:Smtp:Host"] = "127.0.0.1",
            ["Email:Smtp:Port"] = smtpPort.ToString(CultureInfo.InvariantCulture),
            ["Email:Smtp:Tls"] = "None",
            ["Email:Concurrency"] = sessions.ToString(CultureInfo.InvariantCulture),
            ["Shop:Name"] = "Tea & Co",
            ["Shop:PublicUrl"] = "https://tea.example",
            ["services:recommendation:http:0"] = AddressOf(others),
            ["services:gateway:http:0"] = AddressOf(others),
        };
        if (dkimKey is not null)
        {
            keyFile = Path.GetTempFileName();
            await File.WriteAllTextAsync(keyFile, dkimKey, ct);
            configuration["Email:Dkim:0:Domain"] = "shop.example";
            configuration["Email:Dkim:0:Selector"] = "bench";
            configuration["Email:Dkim:0:PrivateKeyFile"] = keyFile;
        }
        app = ServiceHost.Build(
            [],
            [new EmailModule()],
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Configuration.AddInMemoryCollection(configuration);
                // Standard output is the result.
                builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddFilter("MassTransit", LogLevel.None);
                builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
                builder.Services.AddSingleton<ITokenKeys>(issuer);
            }
        );
        await app.StartAsync(ct);
        using var http = Client();
        await WhenAsync(
            async () =>
            {
                using var health = await http.GetAsync(new Uri("/health", UriKind.Relative), ct);
                return health.IsSuccessStatusCode;
            },
            ct
        );
    }

    // Ids that are the same in every host of a run.
    private static Guid IdOf(int customer) => new(customer, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);

    private static string AddressOf(int customer) => string.Create(CultureInfo.InvariantCulture, $"customer{customer}@example.com");

    private static string NameOf(int customer) => string.Create(CultureInfo.InvariantCulture, $"Anna {customer}");

    private static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
