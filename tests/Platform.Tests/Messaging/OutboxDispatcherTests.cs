using System.Collections.Concurrent;
using MarketingPlatform.Platform.Tests.Probe;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Messaging;

/// <summary>With the transport that forgets on a crash; <see cref="OutboxOverRabbitTests"/> has the other.</summary>
public sealed class OutboxDispatcherTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_stay_in_the_outbox_until_every_consumer_has_committed()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new Script { Before = (consumer, _, ct) => consumer == "second" ? release.Task.WaitAsync(ct) : Task.CompletedTask };
        await using var host = await ProbeHost.StartAsync(script: script);

        await host.PublishAsync(new Noted("a"), new Noted("b"), new Noted("c"));
        await host.UntilAsync("count(*) = 3 from effects where consumer = 'first'");

        Assert.Equal(3, await host.CountAsync("platform.outbox where published_at is not null"));

        release.SetResult();
        await host.UntilAsync("not exists (select from platform.outbox)");

        Assert.Equal(3, await host.CountAsync("effects where consumer = 'second'"));
    }

    [Fact]
    public async Task What_was_not_acknowledged_before_a_crash_is_published_again_and_takes_effect_once()
    {
        var database = await TestPostgres.CreateDatabaseAsync("platform");
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = new Script("before the crash")
        {
            Before = (consumer, _, _) =>
            {
                if (consumer == "first")
                    return Task.CompletedTask;
                blocked.TrySetResult();
                return new TaskCompletionSource().Task;
            },
        };
        var crashing = await ProbeHost.StartAsync(database, script: before);
        await crashing.PublishAsync(new Noted("a"), new Noted("b"), new Noted("c"));
        await crashing.UntilAsync("count(*) = 3 from effects where consumer = 'first'");
        await blocked.Task.WaitAsync(Ct);

        await crashing.KillAsync();
        await using var next = await ProbeHost.StartAsync(database, script: new Script("after the crash"));
        await next.UntilAsync("not exists (select from platform.outbox)");

        var effects = await next.Db.QueryAsync<string>("select consumer || ' ' || note || ' ' || host from effects order by 1", null, Ct);
        Assert.Equal(
            [
                "first a before the crash",
                "first b before the crash",
                "first c before the crash",
                "second a after the crash",
                "second b after the crash",
                "second c after the crash",
            ],
            effects
        );
    }

    [Fact]
    public async Task No_more_events_are_under_way_than_the_window_holds()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = new ConcurrentDictionary<string, bool>();
        var script = new Script
        {
            Before = async (consumer, messages, ct) =>
            {
                if (consumer == "second")
                    await release.Task.WaitAsync(ct);
                else if (!release.Task.IsCompleted)
                    foreach (var message in messages)
                        seen[message.Message.Text] = true;
            },
        };
        await using var host = await ProbeHost.StartAsync(script: script, settings: ("Messaging:Window", "100"));

        await host.PublishAsync([.. Enumerable.Range(0, 250).Select(i => new Noted($"{i}"))]);
        await host.UntilAsync("count(*) >= 100 from effects where consumer = 'first'");
        await host.PublishAsync(new Noted("one more, which wakes the dispatcher"));

        Assert.Equal(100, await host.CountAsync("platform.outbox where published_at is not null"));
        Assert.Equal(100, seen.Count);

        release.SetResult();
        await host.UntilAsync("not exists (select from platform.outbox)");

        Assert.Equal(251, await host.CountAsync("effects where consumer = 'second'"));
    }

    [Fact]
    public async Task An_event_that_cannot_be_published_stays_with_its_error_and_holds_nobody_up()
    {
        await using var host = await ProbeHost.StartAsync();

        await Unpublishable.InsertAsync(host);
        await host.PublishAsync(new Noted("behind them"));
        await host.UntilAsync("count(*) = 2 from effects where note = 'behind them'");

        await Unpublishable.AssertKeptAsync(host);
    }

    [Fact]
    public async Task An_event_that_nobody_consumes_leaves_the_outbox()
    {
        await using var host = await ProbeHost.StartAsync();

        await host.PublishAsync(new Ignored("who cares"));

        await host.UntilAsync("not exists (select from platform.outbox)");
        Assert.Equal(0, await host.CountAsync("effects"));
    }
}
