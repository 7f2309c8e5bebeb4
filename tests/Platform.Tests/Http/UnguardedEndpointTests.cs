using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Tests.Probe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Http;

public sealed class UnguardedEndpointTests
{
    [Fact]
    public void A_host_with_an_endpoint_that_states_neither_scope_nor_anonymity_does_not_start()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => Build(new OneEndpoint(endpoint => { })));

        Assert.Contains("/hole", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_or_stated_anonymity_is_enough()
    {
        await using var guarded = Build(new OneEndpoint(endpoint => endpoint.RequireScope(Scope.Read)));
        await using var open = Build(new OneEndpoint(endpoint => endpoint.AllowAnonymous()));
    }

    private static WebApplication Build(IServiceModule module) =>
        ProbeHost.Build(
            [module],
            builder =>
            {
                builder.Configuration["Messaging:Transport"] = "memory";
                builder.Services.AddSingleton<ITokenKeys>(new TokenIssuer(TokenIssuer.CreateKey(), TimeProvider.System));
            }
        );

    private sealed class OneEndpoint(Action<RouteHandlerBuilder> guard) : IServiceModule
    {
        public string Name => "hole";

        public void AddServices(IHostApplicationBuilder builder) { }

        public void MapEndpoints(IEndpointRouteBuilder root) => guard(root.MapGet("/hole", () => "in"));
    }
}
