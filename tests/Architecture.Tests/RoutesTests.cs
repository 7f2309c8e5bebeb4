using MarketingPlatform.Architecture.Tests.Rules;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MarketingPlatform.Architecture.Tests;

public class RoutesTests
{
    [Fact]
    public void No_two_services_share_a_prefix() => Assert.Empty(Prefixes.Shared(Routes.ByService));

    [Theory]
    [MemberData(nameof(House.ServiceFolders), MemberType = typeof(House))]
    public async Task The_routes_of_a_service_lie_under_its_prefixes(string folder)
    {
        var service = House.Service(folder);
        var routes = await RoutesOfAsync(service);

        Assert.NotEmpty(routes);
        Assert.Empty(Prefixes.Strangers(service.Name, routes, Routes.ByService));
    }

    [Fact]
    public void A_prefix_of_two_services_is_reported() =>
        Assert.Equal(
            ["/api/v1/ads belongs to ads and email"],
            Prefixes.Shared(Planted(("ads", ["/api/v1/ads"]), ("email", ["/api/v1/Ads/", "/api/v1/messages"])))
        );

    [Fact]
    public void A_route_that_leads_to_another_service_or_to_nobody_is_reported() =>
        Assert.Equal(
            [
                "/api/v1/operations/email/messages of ads leads to email: see Contracts/Routes.cs",
                "/api/v1/adsorption of ads leads to nobody: see Contracts/Routes.cs",
            ],
            Prefixes.Strangers(
                "ads",
                ["/api/v1/ads/{id:guid}", "/api/v1/operations/email/messages", "/api/v1/adsorption"],
                Planted(("ads", ["/api/v1/ads", "/api/v1/operations/ads"]), ("email", ["/api/v1/operations/email"]))
            )
        );

    private static Dictionary<string, IReadOnlyList<string>> Planted(params (string Service, string[] Prefixes)[] services) =>
        services.ToDictionary(service => service.Service, IReadOnlyList<string> (service) => service.Prefixes);

    /// <summary>Paths as the real host maps them; it is built and not started, so no server is needed.</summary>
    private static async Task<string[]> RoutesOfAsync(ServiceSource service)
    {
        var module = House.Module(service);
        await using var app = ServiceHost.Build(
            [],
            [module],
            builder =>
            {
                builder.Configuration["Messaging:Transport"] = "memory";
                // What the Gateway hands on to others is not its own.
                builder.Configuration["Gateway:RouteToServices"] = "false";
                foreach (var connection in service.Connections)
                    builder.Configuration["ConnectionStrings:" + connection] = "Host=127.0.0.1;Port=1;Database=none";
            }
        );
        return
        [
            .. ((IEndpointRouteBuilder)app)
                .DataSources.SelectMany(source => source.Endpoints)
                .OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointGroupNameMetadata>()?.EndpointGroupName == module.Name)
                .Select(endpoint => endpoint.RoutePattern.RawText!)
                .Distinct(),
        ];
    }
}
