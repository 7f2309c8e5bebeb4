using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Segments;

public sealed class WorkersTests
{
    [Fact]
    public async Task A_host_that_is_disposed_without_being_stopped_logs_no_failure_of_the_workers()
    {
        var ct = TestContext.Current.CancellationToken;
        using var issuer = new TokenIssuer(TokenIssuer.CreateKey(), TimeProvider.System);
        using var log = new Kept();
        var connection = await TestPostgres.CreateDatabaseAsync("segmentation_workers");
        var app = ServiceHost.Build(
            [],
            [new SegmentationModule()],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:segmentation-db"] = connection,
                        ["Messaging:Transport"] = "memory",
                    }
                );
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.ClearProviders().AddProvider(log);
                builder.Services.AddSingleton<ITokenKeys>(issuer);
            }
        );
        await app.StartAsync(ct);
        await app.Services.GetRequiredService<SegmentationDatabase>().WhenReadyAsync(ct);
        await app.DisposeAsync();
        MassTransit.LogContext.Current = null;

        Assert.DoesNotContain(log.Errors, error => error.Contains("Worker", StringComparison.Ordinal));
    }

    private sealed class Kept : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentBag<string> Errors { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                Errors.Add($"{formatter(state, exception)} {exception}");
        }

        public void Dispose() { }
    }
}
