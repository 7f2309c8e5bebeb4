using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly;
using Polly.Registry;
using Polly.Retry;

namespace MarketingPlatform.Platform.Data;

public static class DatabaseRegistration
{
    /// <summary>Services share one server: each keeps at most this many connections.</summary>
    private const int MaxPoolSize = 10;

    /// <summary>Marks the health check of a database; the other tag is the name of the service that it belongs to.</summary>
    internal const string DatabaseTag = "database";

    /// <summary>
    /// Adds the service's database with its outbox, inbox and migrations (embedded <c>Migrations/*.sql</c> of the assembly of
    /// <typeparamref name="TDatabase"/>). The connection string is <c>ConnectionStrings:{connectionName}</c>.
    /// </summary>
    public static IHostApplicationBuilder AddServiceDatabase<TDatabase>(
        this IHostApplicationBuilder builder,
        string service,
        string connectionName
    )
        where TDatabase : ServiceDatabase
    {
        ArgumentNullException.ThrowIfNull(builder);
        var connectionString =
            builder.Configuration.GetConnectionString(connectionName)
            ?? throw new InvalidOperationException(
                $"Service '{service}' needs ConnectionStrings:{connectionName}. Set the environment variable ConnectionStrings__{connectionName}, "
                    + "or run it by the AppHost or './marketing up', which set it."
            );
        builder.Services.AddDatabaseStartPipeline();
        builder.Services.AddSingleton(services => Create<TDatabase>(services, connectionString));
        builder.Services.AddSingleton(new DatabaseAddress(typeof(TDatabase), service, connectionString));
        builder.Services.AddHostedService<DatabaseStart<TDatabase>>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth<TDatabase>>(connectionName, tags: [DatabaseTag, service]);
        builder.AddServiceMessaging<TDatabase>(service);
        return builder;
    }

    private static TDatabase Create<TDatabase>(IServiceProvider services, string connectionString)
        where TDatabase : ServiceDatabase
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = MaxPoolSize,
            ConnectionIdleLifetime = 20,
            ConnectionPruningInterval = 5,
            Timeout = 10,
            ApplicationName = typeof(TDatabase).Name,
        };
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(source.Dispose);
        return ActivatorUtilities.CreateInstance<TDatabase>(services, source);
    }

    internal static void AddDatabaseStartPipeline(this IServiceCollection services)
    {
        services.TryAddSingleton<ResiliencePipelineForDatabaseStart>();
        services.AddResiliencePipeline(
            DatabaseStartPipeline.Name,
            (pipeline, context) =>
            {
                pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
                DatabaseStartPipeline.Configure(pipeline);
            }
        );
    }
}

/// <summary>Waits for a database server that is not there yet: for ever, with growing pauses up to 10 s and jitter.</summary>
internal static class DatabaseStartPipeline
{
    public const string Name = "database-start";

    public static void Configure(ResiliencePipelineBuilder pipeline) =>
        pipeline.AddRetry(
            new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e is not OperationCanceledException),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(10),
                UseJitter = true,
            }
        );
}

internal sealed record DatabaseAddress(Type Database, string Service, string ConnectionString);

internal sealed class ResiliencePipelineForDatabaseStart(
    ResiliencePipelineProvider<string> pipelines,
    IEnumerable<DatabaseAddress> addresses
)
{
    public ResiliencePipeline Pipeline => pipelines.GetPipeline(DatabaseStartPipeline.Name);

    public string ConnectionStringOf(Type database) => addresses.First(address => address.Database == database).ConnectionString;
}

/// <summary>Says whether the service can use its database, and why not.</summary>
internal sealed class DatabaseHealth<TDatabase>(TDatabase database) : IHealthCheck
    where TDatabase : ServiceDatabase
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (database.NotReadyBecause is { } cause)
            return HealthCheckResult.Unhealthy("The service is " + cause);
        try
        {
            await database.QuerySingleAsync<int>("select 1", null, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy("The service is " + DatabaseStart<TDatabase>.Explain(e));
        }
    }
}
