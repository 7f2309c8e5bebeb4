using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MarketingPlatform.Gateway.Tests.Tokens;

/// <summary>A gateway beside a service in one process, as Standalone has them.</summary>
public sealed class WriteKeyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collect_call_may_carry_its_key_in_the_body()
    {
        var database = await TestPostgres.CreateDatabaseAsync("gateway");
        await using var host = ServiceHost.Build(
            [],
            [new GatewayModule(), new Collector()],
            builder =>
            {
                builder.Configuration["urls"] = "http://127.0.0.1:0";
                builder.Configuration["ConnectionStrings:gateway-db"] = database;
                builder.Configuration["Messaging:Transport"] = "memory";
                builder.Configuration["Gateway:RouteToServices"] = "false";
                builder.Configuration["Gateway:SeedKeys:collect"] = "seed-collect-key";
            }
        );
        await host.StartAsync(Ct);
        await host.Services.GetRequiredService<GatewayDatabase>().WhenReadyAsync(Ct);

        var (status, answer) = await GatewayHost.SendAsync(host, HttpMethod.Post, "/v1/track", null, new { writeKey = "seed-collect-key" });
        Assert.Equal((200, "seed-collect-key"), (status, answer.GetProperty("writeKey").GetString()));
        Assert.Equal(401, (await GatewayHost.SendAsync(host, HttpMethod.Post, "/v1/track", null, new { writeKey = "wrong" })).Status);
        Assert.Equal(401, (await GatewayHost.SendAsync(host, HttpMethod.Post, "/v1/track", null, new { })).Status);
        // Elsewhere a body is no place for a key.
        Assert.Equal(
            401,
            (await GatewayHost.SendAsync(host, HttpMethod.Post, "/api/v1/x", null, new { writeKey = "seed-collect-key" })).Status
        );
        await host.StopAsync(Ct);
    }

    private sealed class Collector : IServiceModule
    {
        public string Name => "collector";

        public void AddServices(IHostApplicationBuilder builder) { }

        public void MapEndpoints(IEndpointRouteBuilder root)
        {
            root.MapPost("/v1/track", (System.Text.Json.JsonElement body) => Results.Ok(body)).RequireScope(Scope.Collect);
            root.MapPost("/api/v1/x", () => Results.Ok()).RequireScope(Scope.Collect);
        }
    }
}
