using MarketingPlatform.Platform.Tests.Probe;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Data;

public sealed class UnitOfWorkTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_leaves_with_the_commit_and_never_with_a_roll_back()
    {
        await using var host = await ProbeHost.StartAsync();

        await using (var work = await host.Db.BeginAsync(Ct))
        {
            work.Publish(new Noted("rolled back"));
            await work.ExecuteAsync("insert into effects (consumer, note, host) values ('none', 'rolled back', 'none')", null, Ct);
        }
        await using (var work = await host.Db.BeginAsync(Ct))
        {
            work.Publish(new Noted("committed"));
            Assert.Equal(0, await host.CountAsync("platform.outbox"));
            await work.CommitAsync(Ct);
        }
        await host.UntilAsync("count(*) = 2 from effects");
        await host.UntilAsync("not exists (select from platform.outbox)");

        Assert.Equal(["committed", "committed"], await host.Db.QueryAsync<string>("select note from effects", null, Ct));
    }

    [Fact]
    public async Task A_commit_that_fails_publishes_nothing()
    {
        await using var host = await ProbeHost.StartAsync();
        await host.Db.ExecuteAsync("create table twice (id int unique deferrable initially deferred)", null, Ct);

        await using (var work = await host.Db.BeginAsync(Ct))
        {
            await work.ExecuteAsync("insert into twice values (1), (1)", null, Ct);
            work.Publish(new Noted("of a failed commit"));
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => work.CommitAsync(Ct));
        }
        await host.PublishAsync(new Noted("afterwards"));
        await host.UntilAsync("count(*) = 2 from effects");

        Assert.Equal(0, await host.CountAsync("effects where note <> 'afterwards'"));
    }
}
