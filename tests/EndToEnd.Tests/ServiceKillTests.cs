namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>What a kill -9 of one service may not change for anybody.</summary>
[Collection(DistributedPlatform.Shared)]
public sealed class ServiceKillTests(DistributedPlatform platform)
{
    private const int Shoppers = 100;
    private const int Senders = 4;

    public static TheoryData<string> Services => [.. Standalone.Services.All().Select(service => service.Name)];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_service_killed_in_the_middle_of_a_feed_is_started_again_and_nothing_is_lost_or_done_twice(string service)
    {
        var tag = $"kill-{service}-";
        var fed = 0;
        var middle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var feed = Parallel.ForEachAsync(
            Enumerable.Range(0, Shoppers),
            new ParallelOptions { MaxDegreeOfParallelism = Senders },
            async (number, _) =>
            {
                await ShopsAsync($"{tag}{number}");
                if (Interlocked.Increment(ref fed) == Shoppers / 3)
                    middle.SetResult();
            }
        );
        await await Task.WhenAny(middle.Task, feed);
        await platform.KillUntilReplacedAsync(service);
        await feed;

        Assert.Contains($"{service} died: killed by signal 9", platform.Up.Printed, StringComparison.Ordinal);
        await EverythingArrivedOnceAsync(platform, tag, Shoppers);
        await RunningPlatform.EventuallyAsync(
            "everybody is welcomed",
            () => Task.FromResult(platform.Welcomed(tag).Distinct().Count() == Shoppers)
        );
        Assert.Equal(Shoppers, platform.Welcomed(tag).Count);
        foreach (var database in Standalone.Services.Databases.Values)
            await NothingIsLeftOverAsync(platform, database);
    }

    /// <summary>Each shopper viewed one product, put it into a cart and ordered it: three events of behaviour, one order.</summary>
    internal static async Task EverythingArrivedOnceAsync(DistributedPlatform platform, string tag, int shoppers)
    {
        await platform.EventuallyTellsAsync("segmentation", $"select count(*) from orders where order_id like '{tag}%'", (long)shoppers);
        await platform.EventuallyTellsAsync("recommendation", $"select count(*) from orders where order_id like '{tag}%'", (long)shoppers);
        // Sums: too few would be a loss, too many a repetition.
        await platform.EventuallyTellsAsync(
            "segmentation",
            $"select coalesce(sum(events), 0) from activity_days where origin_id in (select origin_id from orders where order_id like '{tag}%')",
            3L * shoppers
        );
        await platform.EventuallyTellsAsync(
            "recommendation",
            $"""
            select coalesce(sum(views) * 1000000 + sum(adds), 0)::bigint from product_interest
            where customer_id in (select customer_id from orders where order_id like '{tag}%')
            """,
            shoppers * 1_000_001L
        );
        Assert.Equal(
            (4L * shoppers, 4L * shoppers),
            await platform.AskAsync<(long, long)>(
                "customers",
                $"select count(*), count(distinct message_id) from events where message_id like '%{tag}%'"
            )
        );
    }

    internal static async Task NothingIsLeftOverAsync(DistributedPlatform platform, string database)
    {
        await platform.EventuallyTellsAsync(database, "select count(*) from platform.outbox", 0L);
        await platform.EventuallyTellsAsync(
            database,
            "select coalesce(string_agg(consumer || ': ' || reason, '; '), '') from platform.failed_messages where consumer not like '%marketing.in'",
            ""
        );
    }

    private async Task ShopsAsync(string name)
    {
        // Each its own request, as it happens live; the platform may be away for any of them.
        await platform.CollectsInTheEndAsync(Shop.SignsUp(name, name + "@shop.test", Now));
        await platform.CollectsInTheEndAsync(Shop.Views(name, "p1", Now));
        await platform.CollectsInTheEndAsync(Shop.AddsToCart(name, name, "p1", "Blue kettle", Now));
        await platform.CollectsInTheEndAsync(Shop.Orders(name, name, Now, "p1"));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
