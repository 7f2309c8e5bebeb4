using System.Text;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MarketingPlatform.Gateway.Tests.Tokens;

public sealed class ExchangeKeyTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_service_verifies_a_token_by_the_published_key_and_enforces_its_scope()
    {
        await using var service = GatewayHost.Build(new Neighbour(), ("services:gateway:http:0", gateway.Address));
        await service.StartAsync(Ct);
        var (status, grant) = await gateway.SendAsync(HttpMethod.Post, Routes.Token, "Bearer " + GatewayHost.Read);
        Assert.Equal(200, status);
        Assert.Equal("read", grant.GetProperty("scope").GetString());
        var token = "Bearer " + grant.GetProperty("token").GetString();

        Assert.Equal(204, (await GatewayHost.SendAsync(service, HttpMethod.Get, "/neighbour/read", token)).Status);
        Assert.Equal(403, (await GatewayHost.SendAsync(service, HttpMethod.Get, "/neighbour/write", token)).Status);
        Assert.Equal(401, (await GatewayHost.SendAsync(service, HttpMethod.Get, "/neighbour/read", token + "x")).Status);
        // A service behind the gateway knows tokens, not keys.
        Assert.Equal(401, (await GatewayHost.SendAsync(service, HttpMethod.Get, "/neighbour/read", "Bearer " + GatewayHost.Read)).Status);
        await service.StopAsync(Ct);
    }

    [Theory]
    [InlineData("Bearer wrong", "unknown-key")]
    [InlineData("Basic wrong_key", "unknown-key")]
    [InlineData("Digest wrong", "missing-key")]
    [InlineData(null, "missing-key")]
    public async Task Without_a_known_key_there_is_no_token(string? authorization, string slug)
    {
        var (status, problem) = await gateway.SendAsync(HttpMethod.Post, Routes.Token, authorization);

        Assert.Equal(401, status);
        Assert.Equal("/problems/" + slug, problem.GetProperty("type").GetString());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task A_key_is_taken_as_bearer_as_user_name_and_raw_after_basic()
    {
        var asUser = Convert.ToBase64String(Encoding.UTF8.GetBytes(GatewayHost.Admin + ":"));

        foreach (var authorization in new[] { "Bearer " + GatewayHost.Admin, "Basic " + asUser, "Basic " + GatewayHost.Admin })
        {
            Assert.Equal(200, (await gateway.SendAsync(HttpMethod.Post, Routes.Token, authorization)).Status);
            // The same on a call that passes through.
            Assert.Equal(200, (await gateway.SendAsync(HttpMethod.Get, Routes.Keys, authorization)).Status);
        }
    }

    [Fact]
    public async Task A_key_may_be_exchanged_for_less_power_and_never_for_more()
    {
        var (status, grant) = await gateway.SendAsync(HttpMethod.Post, Routes.Token + "?scope=read", "Bearer " + GatewayHost.Admin);
        Assert.Equal(200, status);
        Assert.Equal("read", grant.GetProperty("scope").GetString());
        var token = "Bearer " + grant.GetProperty("token").GetString();
        Assert.Equal(403, (await gateway.SendAsync(HttpMethod.Get, Routes.Keys, token)).Status);

        Assert.Equal(403, (await gateway.SendAsync(HttpMethod.Post, Routes.Token + "?scope=admin", "Bearer " + GatewayHost.Read)).Status);
        Assert.Equal(400, (await gateway.SendAsync(HttpMethod.Post, Routes.Token + "?scope=owner", "Bearer " + GatewayHost.Admin)).Status);
    }

    [Fact]
    public async Task The_published_keys_hold_nothing_private()
    {
        var (status, set) = await gateway.SendAsync(HttpMethod.Get, Routes.TokenKeys, null);

        Assert.Equal(200, status);
        var key = Assert.Single(set.GetProperty("keys").EnumerateArray());
        Assert.Equal(
            ["alg", "crv", "kid", "kty", "use", "x", "y"],
            key.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)
        );
    }

    private sealed class Neighbour : IServiceModule
    {
        public string Name => "neighbour";

        public void AddServices(IHostApplicationBuilder builder) { }

        public void MapEndpoints(IEndpointRouteBuilder root)
        {
            root.MapGet("/neighbour/read", () => TypedResults.NoContent()).RequireScope(Scope.Read);
            root.MapGet("/neighbour/write", () => TypedResults.NoContent()).RequireScope(Scope.Write);
        }
    }
}
