using MarketingPlatform.Customers.Changes;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Collect;

/// <summary>Makes the partitions of the months to come, forgets old message ids, and folds the sums that commits append.</summary>
internal sealed class CollectUpkeep(
    CustomersDatabase database,
    IOptions<CustomersOptions> options,
    TimeProvider clock,
    ILogger<CollectUpkeep> log
) : BackgroundService
{
    private const int MonthsAhead = 2;
    private const int FoldsAnHour = 60;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var round = 0;
        return Rounds.EveryAsync(
            Interval,
            database,
            async ct =>
            {
                var keepsHouse = round++ % FoldsAnHour == 0;
                await database.ExecuteAsync(DayCounts.FoldSql, null, ct);
                if (keepsHouse)
                    await KeepHouseAsync(ct);
            },
            e => log.LogWarning("Upkeep of events: {Cause}; trying again in a minute", e.Message),
            clock,
            stoppingToken
        );
    }

    private async Task KeepHouseAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        for (var month = 0; month <= MonthsAhead; month++)
            await database.ExecuteAsync(PartitionSql(now.AddMonths(month)), null, ct);
        await database.ExecuteAsync(
            "delete from received_messages where received_at < @Before",
            new { Before = now - options.Value.RememberMessagesFor },
            ct
        );
        await database.ExecuteAsync("delete from changes where at < @Before", new { Before = now - ListChanges.Retention }, ct);
    }

    internal static string PartitionSql(DateTimeOffset time)
    {
        var from = new DateTime(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        return $"""
            create table if not exists events_{from:yyyy_MM} partition of events
            for values from ('{from:yyyy-MM-dd} 00:00Z') to ('{from.AddMonths(1):yyyy-MM-dd} 00:00Z')
            """;
    }
}
