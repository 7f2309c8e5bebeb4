using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Defaults = MarketingPlatform.ServiceDefaults.ServiceDefaults;

namespace MarketingPlatform.Platform.Telemetry;

/// <summary>The one activity source and meter of a service, both named <c>MarketingPlatform.{Service}</c>.</summary>
public sealed class ServiceTelemetry : IDisposable
{
    public ServiceTelemetry(string service, IMeterFactory meters)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        ArgumentNullException.ThrowIfNull(meters);
        var name = Defaults.TelemetryPrefix + char.ToUpperInvariant(service[0]) + service[1..];
        Activities = new ActivitySource(name);
        Meter = meters.Create(name);
    }

    public ActivitySource Activities { get; }

    public Meter Meter { get; }

    public void Dispose() => Activities.Dispose();
}

public static class ServiceTelemetryRegistration
{
    /// <summary>Registers the service's telemetry: <c>[FromKeyedServices("name")] ServiceTelemetry</c>.</summary>
    public static IHostApplicationBuilder AddServiceTelemetry(this IHostApplicationBuilder builder, string service)
    {
        builder.Services.AddKeyedSingleton(
            service,
            (services, _) => new ServiceTelemetry(service, services.GetRequiredService<IMeterFactory>())
        );
        return builder;
    }
}
