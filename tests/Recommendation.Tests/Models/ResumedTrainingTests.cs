using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Telemetry;
using MarketingPlatform.Recommendation.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class ResumedTrainingTests
{
    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task A_training_that_was_stopped_goes_on_with_what_it_had_found()
    {
        await using var service = new RunningService();
        await service.StartAsync(Small);
        await service.OrdersAsync(Tastes());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var before = new Steps(step =>
        {
            if (step.Contains("rp3beta", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Training(service, before).RunAsync(stop.Token));
        Assert.Contains(before.Seen, step => step.Contains("itemknn", StringComparison.Ordinal));
        Assert.Equal((1, "running", 0, false), await StateAsync(service));

        var after = new Steps(_ => { });
        Assert.True(await Training(service, after).RunAsync(Ct));

        Assert.Equal((1, "done", 1, true), await StateAsync(service));
        // Families that were found before are not searched again, the others are.
        Assert.DoesNotContain(after.Seen, step => step.Contains("itemknn", StringComparison.Ordinal) && IsSearch(step));
        Assert.Contains(after.Seen, step => step.Contains("rp3beta", StringComparison.Ordinal) && IsSearch(step));
    }

    [Fact]
    public async Task A_stopped_training_whose_orders_changed_begins_anew()
    {
        await using var service = new RunningService();
        await service.StartAsync(Small);
        await service.OrdersAsync(Tastes());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var before = new Steps(step => stop.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Training(service, before).RunAsync(stop.Token));
        await service.OrdersAsync(Orders.Order(Orders.NewCustomer(), Orders.Day.AddDays(1), "p-0"));

        Assert.True(await Training(service, new Steps(_ => { })).RunAsync(Ct));

        var states = await service.Database.QueryAsync<string>("select state from trainings order by id", null, Ct);
        Assert.Equal(["abandoned", "done"], states);
    }

    private static readonly Dictionary<string, string?> Small = new()
    {
        ["Recommendation:AutoFromCustomers"] = "10",
        ["Recommendation:HoldOutCustomers"] = "0",
        ["Recommendation:MaxWork"] = "1e8",
    };

    private static bool IsSearch(string step) => step.Contains("validation nDCG", StringComparison.Ordinal);

    private static TrainModel Training(RunningService service, ILogger<TrainModel> log) =>
        new(
            service.Database,
            service.Services.GetRequiredService<ServingModel>(),
            service.Services.GetRequiredService<IOptions<RecommendationOptions>>(),
            TimeProvider.System,
            service.Services.GetRequiredKeyedService<ServiceTelemetry>(RecommendationModule.Service),
            log
        );

    private static async Task<(int Trainings, string State, int Resumed, bool Serves)> StateAsync(RunningService service)
    {
        var row = await service.Database.QuerySingleAsync<Row>(
            """
            select count(*)::int as trainings, max(state) as state, max(resumed) as resumed, exists (select from models where serving) as serves
            from trainings
            """,
            null,
            Ct
        );
        return (row.Trainings, row.State, row.Resumed, row.Serves);
    }

    /// <summary>Sixty customers who come twice and keep to one of three corners of the shop.</summary>
    private static OrderPlaced[] Tastes()
    {
        var random = new Random(1);
        return
        [
            .. Enumerable
                .Range(0, 60)
                .SelectMany(n =>
                {
                    var customer = Orders.NewCustomer();
                    var own = Enumerable.Range(0, 8).Select(i => $"p-{(3 * i) + (n % 3)}").ToArray();
                    random.Shuffle(own);
                    return new[]
                    {
                        Orders.Order(customer, Orders.Day.AddDays(-9), own[..3]),
                        Orders.Order(customer, Orders.Day.AddDays(-1), own[3..5]),
                    };
                }),
        ];
    }

    private sealed record Row(int Trainings, string State, int Resumed, bool Serves);

    /// <summary>Hears each step of a training as it is logged.</summary>
    private sealed class Steps(Action<string> hear) : ILogger<TrainModel>
    {
        public List<string> Seen { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var line = formatter(state, exception);
            Seen.Add(line);
            hear(line);
        }
    }
}
