using System.Net.Http.Headers;
using System.Net.Http.Json;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using CommandException = MarketingPlatform.Platform.CommandLine.CommandException;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary>The Segmentation service as it ships on a database of its own, filled by SQL and used through its doors.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    private readonly WebApplication host;
    private readonly string connection;
    private readonly TokenIssuer issuer;
    private readonly TimeProvider clock;
    private readonly HttpClient http;

    private RunningService(WebApplication host, string connection, TokenIssuer issuer, TimeProvider clock)
    {
        (this.host, this.connection, this.issuer, this.clock) = (host, connection, issuer, clock);
        http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("bench");
        http.BaseAddress = new Uri(host.Urls.First());
    }

    public IServiceProvider Services => host.Services;

    public static async Task<RunningService> StartAsync(
        string connection,
        Dictionary<string, string?> settings,
        TokenIssuer issuer,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var host = ServiceHost.Build(
            [],
            [new SegmentationModule()],
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>(settings)
                    {
                        ["ConnectionStrings:segmentation-db"] = connection,
                        ["Messaging:Transport"] = "memory",
                    }
                );
                builder.Services.AddSingleton<ITokenKeys>(issuer);
                // Standard output is the result.
                builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning);
                builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            }
        );
        await host.StartAsync(ct);
        await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, ct);
        var service = new RunningService(host, connection, issuer, clock);
        await service.UntilAsync("select to_regclass('staged') is not null", ct);
        return service;
    }

    public async Task FillAsync(int customers, CancellationToken ct)
    {
        await using var open = await OpenAsync(ct);
        await using var fill = new NpgsqlCommand(FollowedShop.FillSql, open);
        fill.Parameters.AddWithValue("customers", customers);
        await fill.ExecuteNonQueryAsync(ct);
        await AnalyseAsync(ct);
    }

    /// <summary>What autovacuum would have done by the time that a shop is as large.</summary>
    public Task AnalyseAsync(CancellationToken ct) => ExecuteAsync("vacuum analyze", ct);

    public async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var open = await OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<T> ScalarAsync<T>(string sql, CancellationToken ct)
    {
        await using var open = await OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, open);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Looks again and again until the question is answered with true.</summary>
    public async Task UntilAsync(string sql, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await using var open = await OpenAsync(ct);
                await using var command = new NpgsqlCommand(sql, open);
                while (await command.ExecuteScalarAsync(ct) is not true)
                    await Task.Delay(Glance, clock, ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidCatalogName)
            {
                await Task.Delay(Glance, clock, ct);
            }
        }
    }

    public Task DefineAsync(string key, string rule, CancellationToken ct) =>
        SendAsync(
            HttpMethod.Post,
            "/api/v1/segments",
            new
            {
                key,
                name = key,
                text = rule,
            },
            ct
        );

    public Task ReplaceAsync(string key, string rule, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, $"/api/v1/segments/{key}", new { name = key, text = rule }, ct);

    private async Task SendAsync(HttpMethod method, string path, object body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("bench", [Scope.Write]).Token);
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var answer = await http.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode)
            throw new CommandException($"Segmentation answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        var open = new NpgsqlConnection(connection + ";Command Timeout=600;Pooling=false");
        await open.OpenAsync(ct);
        return open;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.StopAsync(CancellationToken.None);
        await host.DisposeAsync();
    }
}
