using System.CommandLine;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace MarketingPlatform.Platform.Hosting;

/// <summary>The one door of a service. The same module runs alone (<see cref="ServiceHost"/>) or beside all others in one process.</summary>
public interface IServiceModule
{
    /// <summary>Lower-case name: discovery name, prefix of queues, health checks and telemetry.</summary>
    string Name { get; }

    void AddServices(IHostApplicationBuilder builder);

    /// <summary>Middleware that must see requests before authentication does. Few services need it.</summary>
    void Use(IApplicationBuilder app) { }

    /// <summary>Maps the service's routes. Each endpoint states its scope, or that anybody may call it.</summary>
    void MapEndpoints(IEndpointRouteBuilder root);

    /// <summary>Contributes consumers to the host's one bus.</summary>
    void AddConsumers(IBusRegistrationConfigurator bus) { }

    /// <summary>Adds the verbs that this service brings to the command line.</summary>
    void AddCommands(Command root) { }
}
