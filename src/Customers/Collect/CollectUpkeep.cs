using MarketingPlatform.Customers.Changes;
using MarketingPlatform.Customers.Orders;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Collect;

/// <summary>
/// Makes the partitions of the months to come, forgets old message ids, rejected calls and changes, folds the sums that commits append, and
/// settles refunds that missed their order.
/// </summary>
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
                await SettleRefundsAsync(ct);
                if (keepsHouse)
                    await KeepHouseAsync(ct);
            },
            e => log.LogWarning("Upkeep of events: {Cause}; trying again in a minute", e.Message),
            clock,
            stoppingToken
        );
    }

    /// <summary>A refund and its order that were stored at the same moment did not see each other.</summary>
    private async Task SettleRefundsAsync(CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await StoreRefunds.SettleAsync(work, orders: null, ct);
        await work.CommitAsync(ct);
    }

    internal async Task KeepHouseAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        for (var month = 0; month <= MonthsAhead; month++)
            await database.ExecuteAsync(PartitionSql(now.AddMonths(month)), null, ct);
        await database.ExecuteAsync(
            "delete from received_messages where received_at < @Before",
            new { Before = now - options.Value.RememberMessagesFor },
            ct
        );
        await database.ExecuteAsync(
            "delete from rejections where received_at < @Before",
            new { Before = now - options.Value.KeepRejectionsFor },
            ct
        );
        await database.ExecuteAsync("delete from changes where at < @Before", new { Before = now - ListChanges.Retention }, ct);
    }

    /// <summary>Makes the partition of a month, and moves into it what came before it was there: a partition that overlaps the default one's rows is refused.</summary>
    internal static string PartitionSql(DateTimeOffset time)
    {
        var from = new DateTime(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        var (name, first, after) = ($"events_{from:yyyy_MM}", $"'{from:yyyy-MM-dd} 00:00Z'", $"'{from.AddMonths(1):yyyy-MM-dd} 00:00Z'");
        return $"""
            do $$
            begin
                if to_regclass('{name}') is not null then return; end if;
                lock table events in access exclusive mode;
                -- Another instance may have been faster.
                if to_regclass('{name}') is not null then return; end if;
                create table {name} (like events including all);
                with early as (delete from events_other where received_at >= {first} and received_at < {after} returning *)
                    insert into {name} select * from early;
                alter table events attach partition {name} for values from ({first}) to ({after});
            end $$;
            """;
    }
}
