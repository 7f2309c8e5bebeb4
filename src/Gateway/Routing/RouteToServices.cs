using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace MarketingPlatform.Gateway.Routing;

/// <summary>Offers the paths of every service at the one public door. Standalone has them already and switches this off.</summary>
internal static class RouteToServices
{
    private const string Self = "gateway";

    public static void AddRouting(this IHostApplicationBuilder builder)
    {
        builder.Services.AddReverseProxy().LoadFromMemory(Routes(), Clusters());
        builder.Services.AddSingleton<IDestinationResolver, DiscoveredDestinations>();
    }

    public static void Map(IEndpointRouteBuilder root)
    {
        // Services verify tokens themselves; which scope a path needs is theirs to say.
        if (root.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value.RouteToServices)
            root.MapReverseProxy().AllowAnonymous().WithMetadata(new PassesThrough());
    }

    private static IReadOnlyList<RouteConfig> Routes() =>
        [
            .. from service in Contracts.Routes.ByService
            where service.Key != Self
            from prefix in service.Value.Append($"/openapi/{service.Key}.json")
            // The front page is that one page: what nobody offers must not lead there.
            from path in prefix == Contracts.Routes.FrontPage ? new[] { prefix } : [prefix, prefix + "/{**rest}"]
            select new RouteConfig
            {
                RouteId = $"{service.Key}:{path}",
                ClusterId = service.Key,
                Match = new RouteMatch { Path = path },
                MaxRequestBodySize = -1,
            },
        ];

    private static IReadOnlyList<ClusterConfig> Clusters() =>
        [
            .. Contracts
                .Routes.ByService.Keys.Where(service => service != Self)
                .Select(service => new ClusterConfig
                {
                    ClusterId = service,
                    LoadBalancingPolicy = "PowerOfTwoChoices",
                    Destinations = new Dictionary<string, DestinationConfig> { [service] = new() { Address = "https+http://" + service } },
                    // An import answers when its file is stored.
                    HttpRequest = new Yarp.ReverseProxy.Forwarder.ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromMinutes(10) },
                }),
        ];
}

/// <summary>Finds the instances of a service by service discovery, so that the Gateway needs no list of its own.</summary>
internal sealed class DiscoveredDestinations(ServiceEndpointResolver resolver) : IDestinationResolver
{
    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, DestinationConfig>();
        var changes = new List<Microsoft.Extensions.Primitives.IChangeToken>();
        foreach (var (name, destination) in destinations)
        {
            var source = await resolver.GetEndpointsAsync(destination.Address, cancellationToken);
            changes.Add(source.ChangeToken);
            foreach (var (endpoint, index) in source.Endpoints.Select((endpoint, index) => (endpoint, index)))
                found[$"{name}-{index}"] = destination with { Address = AddressOf(endpoint), Host = null };
        }
        return new ResolvedDestinationCollection(found, new Microsoft.Extensions.Primitives.CompositeChangeToken(changes));
    }

    private static string AddressOf(ServiceEndpoint endpoint)
    {
        var address = endpoint.ToString()!;
        return address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address;
    }
}
