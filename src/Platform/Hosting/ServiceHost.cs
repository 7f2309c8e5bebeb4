using System.Text.Json;
using System.Text.Json.Serialization;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalar.AspNetCore;

namespace MarketingPlatform.Platform.Hosting;

/// <summary>Builds and runs a process from one or several modules.</summary>
public static class ServiceHost
{
    /// <summary>Runs until the process is told to stop. What a service's <c>Main</c> calls.</summary>
    public static Task RunAsync(string[] args, params IServiceModule[] modules) => Build(args, modules).RunAsync();

    /// <summary>Everything that <see cref="RunAsync"/> starts, not started yet.</summary>
    /// <param name="configure">Runs before the modules register: the place for configuration and, in tests, for other services.</param>
    public static WebApplication Build(
        string[] args,
        IReadOnlyList<IServiceModule> modules,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        // With the pipe-based reader of .NET 10 a body that is not JSON breaks the connection after the answer.
        AppContext.SetSwitch("Microsoft.AspNetCore.UseStreamBasedJsonParsing", true);
        var builder = WebApplication.CreateBuilder(args);
        // One shop's log is read by people: what happened, not each request and retry.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        builder.Logging.AddFilter("Polly", LogLevel.Critical);
        builder.Logging.AddFilter("MassTransit", LogLevel.Warning);
        // What is under way is safe in outbox and inbox: a stop need not wait for it.
        builder.Services.Configure<HostOptions>(o =>
        {
            o.ShutdownTimeout = TimeSpan.FromSeconds(2.5);
            o.ServicesStopConcurrently = true;
        });
        configure?.Invoke(builder);

        builder.AddServiceDefaults();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(o => Json.Apply(o.SerializerOptions));
        builder.AddHttpRules();
        builder.AddTokenAuthentication();
        builder.Services.AddModulesOpenApi(modules);
        builder.AddMessageBus(modules);
        foreach (var module in modules)
            module.AddServices(builder);

        var app = builder.Build();
        app.UseHttpRules();
        foreach (var module in modules)
            module.Use(app);
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        // Pages with forms bring this protection along; it must know who is signed in.
        if (app.Services.GetService<IAntiforgery>() is not null)
            app.UseAntiforgery();
        app.MapDefaultEndpoints();
        foreach (var module in modules)
        {
            var root = app.MapGroup("").WithGroupName(module.Name).WithTags(module.Name);
            module.MapEndpoints(root);
            root.MapOperations(module.Name, app.Services);
        }
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapScalarApiReference(
                "/docs",
                options => options.AddDocuments(modules.Select(module => module.Name)).WithTitle("MarketingPlatform")
            )
            .AllowAnonymous();
        app.RefuseUnguardedEndpoints();
        return app;
    }

    private static void AddModulesOpenApi(this IServiceCollection services, IReadOnlyList<IServiceModule> modules)
    {
        foreach (var module in modules)
            services.AddOpenApi(module.Name, o => o.ShouldInclude = description => description.GroupName == module.Name);
    }
}
