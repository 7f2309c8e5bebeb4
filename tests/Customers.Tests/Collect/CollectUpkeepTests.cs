using MarketingPlatform.Customers.Collect;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

public sealed class CollectUpkeepTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_that_came_before_their_month_had_a_partition_move_into_it()
    {
        // A month that no other test reaches.
        var (month, customer) = (new DateTimeOffset(2031, 5, 17, 0, 0, 0, TimeSpan.Zero), Guid.CreateVersion7());
        await shop.Db.ExecuteAsync(
            """
            insert into events (id, customer_id, kind, message_id, at, received_at)
            values (gen_random_uuid(), @customer, 'page', @customer::text, @month, @month)
            """,
            new { customer, month },
            Ct
        );
        Assert.Equal(1, await shop.Count("events_other", customer));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shop.Db.ExecuteAsync(CollectUpkeep.PartitionSql(month), null, Ct)));

        Assert.Equal(
            (0, 1, 1),
            (await shop.Count("events_other", customer), await shop.Count("events_2031_05", customer), await shop.Count("events", customer))
        );
        Assert.Equal(
            "events_customer",
            await shop.Db.QuerySingleAsync<string>(
                """
                select parent.relname::text from pg_inherits i join pg_class part on part.oid = i.inhrelid join pg_class parent on parent.oid = i.inhparent
                where part.relkind = 'i' and part.oid in (select indexrelid from pg_index where indrelid = 'events_2031_05'::regclass)
                """,
                null,
                Ct
            )
        );
    }

    [Fact]
    public async Task Rejected_calls_are_forgotten_after_a_month()
    {
        var (old, young) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await shop.Db.ExecuteAsync(
            """
            insert into rejections (id, reason, detail, body, received_at)
            values (@old, 'test', '', '', @now - interval '31 days'), (@young, 'test', '', '', @now - interval '29 days')
            """,
            new
            {
                old,
                young,
                now = Shop.Start,
            },
            Ct
        );
        await shop.Services.GetServices<IHostedService>().OfType<CollectUpkeep>().Single().KeepHouseAsync(Ct);
        Assert.Equal(
            [young],
            await shop.Db.QueryAsync<Guid>("select id from rejections where id in (@old, @young)", new { old, young }, Ct)
        );
    }
}
