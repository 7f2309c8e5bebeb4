using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MarketingPlatform.Gateway.Tests;

/// <summary>A running gateway with one seeded key of each scope.</summary>
public sealed class GatewayHost : IAsyncLifetime
{
    public const string Admin = "seed-admin-key";
    public const string Write = "seed-write-key";
    public const string Read = "seed-read-key";
    public const string Services = "key-of-all-services";

    private WebApplication? app;

    public string Address => app!.Urls.First();

    internal GatewayDatabase Db => app!.Services.GetRequiredService<GatewayDatabase>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => app = await StartAsync(await TestPostgres.CreateDatabaseAsync("gateway"), SeedsOf(Admin));

    public async ValueTask DisposeAsync()
    {
        await app!.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    public static (string, string)[] SeedsOf(string admin) =>
        [("Gateway:SeedKeys:admin", admin), ("Gateway:SeedKeys:write", Write), ("Gateway:SeedKeys:read", Read), ("Services:Key", Services)];

    public static async Task<WebApplication> StartAsync(string connectionString, params (string Key, string Value)[] settings)
    {
        var host = Build(new GatewayModule(), [("ConnectionStrings:gateway-db", connectionString), .. settings]);
        await host.StartAsync(Ct);
        await host.Services.GetRequiredService<GatewayDatabase>().WhenReadyAsync(Ct);
        return host;
    }

    public static WebApplication Build(IServiceModule module, params (string Key, string Value)[] settings) =>
        ServiceHost.Build(
            [],
            [module],
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.ClearProviders();
                builder.Configuration["Messaging:Transport"] = "memory";
                foreach (var (key, value) in settings)
                    builder.Configuration[key] = value;
            }
        );

    public static async Task<(int Status, JsonElement Body)> SendAsync(
        WebApplication host,
        HttpMethod method,
        string path,
        string? authorization,
        object? body = null
    )
    {
        using var http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
        http.BaseAddress = new Uri(host.Urls.First());
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (authorization is not null)
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        using var answer = await http.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? authorization, object? body = null) =>
        SendAsync(app!, method, path, authorization, body);
}
