using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.TestInfrastructure;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Probe;

/// <summary>One running instance of the probe on a free port.</summary>
internal sealed class ProbeHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TokenIssuer issuer;

    private ProbeHost(WebApplication app, TokenIssuer issuer, string connectionString)
    {
        this.app = app;
        this.issuer = issuer;
        ConnectionString = connectionString;
        Http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
        Http.BaseAddress = new Uri(app.Urls.First());
    }

    public HttpClient Http { get; }

    public string ConnectionString { get; }

    public ProbeDatabase Db => app.Services.GetRequiredService<ProbeDatabase>();

    public IBus Bus => app.Services.GetRequiredService<IBus>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>On a database and an in-memory bus of its own unless told otherwise; returns when both can be used.</summary>
    public static async Task<ProbeHost> StartAsync(
        string? connectionString = null,
        string? rabbit = null,
        Script? script = null,
        TimeProvider? clock = null,
        params (string Key, string Value)[] settings
    )
    {
        connectionString ??= await TestPostgres.CreateDatabaseAsync("platform");
        var host = await StartWithoutDatabaseAsync(connectionString, rabbit, script, clock, settings);
        await host.Db.WhenReadyAsync(Ct);
        await host.app.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, Ct);
        return host;
    }

    /// <summary>Returns when HTTP answers, whatever the database does.</summary>
    public static async Task<ProbeHost> StartWithoutDatabaseAsync(
        string connectionString,
        string? rabbit = null,
        Script? script = null,
        TimeProvider? clock = null,
        params (string Key, string Value)[] settings
    )
    {
        var issuer = new TokenIssuer(TokenIssuer.CreateKey(), clock ?? TimeProvider.System);
        var app = Build(
            [new ProbeModule()],
            builder =>
            {
                builder.Configuration["ConnectionStrings:probe-db"] = connectionString;
                builder.Configuration["ConnectionStrings:rabbitmq"] = rabbit;
                builder.Configuration["Messaging:Transport"] = rabbit is null ? "memory" : "rabbitmq";
                builder.Configuration.AddInMemoryCollection(
                    settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value)
                );
                builder.Services.AddSingleton(script ?? new Script());
                builder.Services.AddSingleton(clock ?? TimeProvider.System);
                builder.Services.AddSingleton<ITokenKeys>(issuer);
            }
        );
        await app.StartAsync(Ct);
        return new ProbeHost(app, issuer, connectionString);
    }

    /// <summary>Any modules, quiet and on a free port.</summary>
    public static WebApplication Build(IReadOnlyList<IServiceModule> modules, Action<WebApplicationBuilder> configure) =>
        ServiceHost.Build(
            [],
            modules,
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.ClearProviders();
                configure(builder);
            }
        );

    public string TokenFor(Scope scope) => issuer.Issue("test-" + scope, [scope]).Token;

    public async Task PublishAsync(params object[] messages)
    {
        await using var work = await Db.BeginAsync(Ct);
        foreach (var message in messages)
            work.Publish(message);
        await work.CommitAsync(Ct);
    }

    /// <summary>Sends one as any caller with a key would.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Scope? scope = null, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (scope is { } held)
            request.Headers.Authorization = new("Bearer", TokenFor(held));
        return await Http.SendAsync(request, Ct);
    }

    /// <summary>Waits until a condition holds; looked at whenever effects, outbox or failures change.</summary>
    public Task UntilAsync(string condition) => Watch.UntilAsync(ConnectionString, condition, Ct);

    public Task<long> CountAsync(string from) => Db.QuerySingleAsync<long>("select count(*) from " + from, null, Ct);

    /// <summary>
    /// Leaves it as kill -9 does: it does nothing more, tidies nothing up, and its connections are gone. Consumers in the middle of their
    /// work stay there, which is why it is not disposed of: that would wait for them.
    /// </summary>
    public async Task KillAsync()
    {
        foreach (var loop in app.Services.GetServices<IHostedService>().OfType<BackgroundService>())
            await loop.StopAsync(CancellationToken.None);
        await Watch.CutConnectionsAsync(ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        Http.Dispose();
        await app.DisposeAsync();
        issuer.Dispose();
    }
}
