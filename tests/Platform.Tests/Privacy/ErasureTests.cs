using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Privacy;
using MarketingPlatform.Platform.Tests.Probe;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Privacy;

public sealed class ErasureTests
{
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Guid AnnsOldId = Guid.CreateVersion7();
    private static readonly Guid Bob = Guid.CreateVersion7();
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly PersonalDataMap Map = new(
        [new("parts", "thing_id", Of: new("things", "owner")), new("things", "owner"), new("links", "a"), new("links", "b")],
        "select b from links where a = any(@Ids)"
    );

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_on_the_map_goes_with_what_hangs_on_it_and_the_receipt_counts_it()
    {
        await using var host = await ProbeHost.StartAsync();
        await FillAsync(host);

        await using var work = await host.Db.BeginAsync(Ct);
        var erased = await work.EraseAsync(Map, [Ann], Now, Ct);
        await work.CommitAsync(Ct);

        Assert.Equal(new[] { Ann, AnnsOldId }.Order(), erased.Ids);
        Assert.Equal([new TableRows("parts", 3), new TableRows("things", 2), new TableRows("links", 1)], erased.Tables);
        Assert.Equal((1L, 1L), (await host.CountAsync("things"), await host.CountAsync("parts")));
        Assert.True(await host.Db.QuerySingleAsync<bool>("select platform.is_erased(@AnnsOldId)", new { AnnsOldId }, Ct));
        Assert.False(await host.Db.QuerySingleAsync<bool>("select platform.is_erased(@Bob)", new { Bob }, Ct));
    }

    [Fact]
    public async Task An_export_has_the_rows_of_every_id_and_what_hangs_on_them()
    {
        await using var host = await ProbeHost.StartAsync();
        await FillAsync(host);

        await using var work = await host.Db.BeginAsync(Ct);
        var tables = (await work.ExportAsync(Map, [Ann], Ct)).SelectMany(part => part).ToDictionary(table => table.Table);
        Assert.Equal((2, 3), (tables["things"].Rows.Count, tables["parts"].Rows.Count));
        Assert.Empty(Assert.Single(await work.ExportAsync(Map, [Guid.CreateVersion7()], Ct)));
    }

    [Fact]
    public async Task A_message_that_fails_is_not_kept_where_it_names_somebody_who_was_erased_meanwhile()
    {
        await using var host = await ProbeHost.StartAsync(
            script: new Script { Before = (_, _, _) => throw new InvalidOperationException("cannot") },
            clock: new FastClock(times: 50)
        );
        await FillAsync(host);
        await using (var work = await host.Db.BeginAsync(Ct))
        {
            await work.EraseAsync(Map, [Ann], Now, Ct);
            await work.CommitAsync(Ct);
        }

        await host.PublishAsync(new Noted($"about {Ann}"), new Noted($"about {Bob}"));
        await host.UntilAsync("count(*) = 2 from platform.failed_messages where next_attempt_at is null");

        Assert.All(
            await host.Db.QueryAsync<string>("select body from platform.failed_messages", null, Ct),
            body => Assert.Contains(Bob.ToString(), body, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_comes_late_about_an_erased_person_is_counted_by_each_consumer_and_other_news_is_not()
    {
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "marketing.news.erased")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) => counted.AddOrUpdate((string)tags[0].Value!, value, (_, before) => before + value)
        );
        listener.Start();
        await using var host = await ProbeHost.StartAsync();
        await FillAsync(host);
        await host.PublishAsync(new Noted("before", Ann));
        await host.UntilAsync("count(*) = 2 from platform.inbox");
        Assert.Empty(counted);
        await using (var work = await host.Db.BeginAsync(Ct))
        {
            await work.EraseAsync(Map, [Ann], TimeProvider.System.GetUtcNow(), Ct);
            await work.CommitAsync(Ct);
        }

        await host.PublishAsync(new Noted("late", Ann), new Noted("late", Ann), new Noted("of Bob", Bob), new Noted("of nobody"));
        await host.UntilAsync("count(*) = 10 from platform.inbox");

        while (counted.Values.Sum() < 4)
            await Task.Delay(10, Ct);
        Assert.Equal([("echo-noted", 2L), ("probe-noted", 2L)], counted.Select(entry => (entry.Key, entry.Value)).Order());
    }

    [Fact]
    public void Each_element_of_a_list_is_an_event_with_ids_of_its_own()
    {
        var view = new BehaviourEvent(Guid.CreateVersion7(), Ann, "track", "Product Viewed", "p1", null, null, Now);
        var events = LateNews.EventsOf(new BehaviourBatch([view, view with { CustomerId = Bob }])).Where(ids => ids.Count > 0).ToArray();
        Assert.Equal(2, events.Length);
        Assert.Contains(Ann, events[0]);
        Assert.Contains(Bob, events[1]);
        Assert.Equal([Ann, Bob], Assert.Single(LateNews.EventsOf(new CustomersMerged(Ann, Bob, Now))));
        Assert.Equal([Ann], LateNews.EventsOf(new ConsentChanged(Ann, "chat", false, "form", Now)).Single());
    }

    private static Task<int> FillAsync(ProbeHost host) =>
        host.Db.ExecuteAsync(
            """
            create table things (id int primary key, owner uuid not null);
            create table parts (thing_id int references things);
            create table links (a uuid, b uuid);
            insert into things values (1, @Ann), (2, @AnnsOldId), (3, @Bob);
            insert into parts values (1), (1), (2), (3);
            insert into links values (@Ann, @AnnsOldId);
            """,
            new
            {
                Ann,
                AnnsOldId,
                Bob,
            },
            Ct
        );
}
