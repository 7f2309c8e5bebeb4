using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Tests.Probe;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Hosting;

public sealed class RoundsTests : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    // Nothing here connects.
    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create("Host=127.0.0.1");
    private readonly FakeTimeProvider clock = new();
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly List<string> failures = [];
    private readonly ProbeDatabase database;

    public RoundsTests() => database = new ProbeDatabase(source);

    public void Dispose()
    {
        stop.Dispose();
        source.Dispose();
    }

    private Task EveryAsync(Func<CancellationToken, Task> round) =>
        Rounds.EveryAsync(Rest, database, round, e => failures.Add(e.Message), clock, stop.Token);

    [Fact]
    public async Task Nothing_is_done_before_the_database_can_be_used()
    {
        var first = new TaskCompletionSource();
        var running = EveryAsync(_ =>
        {
            first.TrySetResult();
            return Task.CompletedTask;
        });

        Assert.False(first.Task.IsCompleted);
        database.MarkReady();
        await first.Task.WaitAsync(stop.Token);

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_round_that_fails_is_told_and_the_next_one_tries_again_after_the_rest()
    {
        database.MarkReady();
        var rounds = 0;
        // A time-out looks like a cancellation, but nobody has cancelled.
        Exception[] causes = [new InvalidOperationException("first"), new TaskCanceledException("second")];
        var running = EveryAsync(_ => rounds < 2 ? Task.FromException(causes[rounds++]) : Task.FromResult(rounds++));

        Assert.Equal(1, rounds);
        clock.Advance(Rest - TimeSpan.FromSeconds(1));
        Assert.Equal(1, rounds);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, rounds);
        clock.Advance(Rest);
        Assert.Equal(3, rounds);
        Assert.Equal(["first", "second"], failures);
        Assert.False(running.IsCompleted);

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task What_comes_of_going_down_is_no_failure()
    {
        database.MarkReady();
        var running = EveryAsync(async _ =>
        {
            await stop.CancelAsync();
            throw new ObjectDisposedException("the database");
        });

        await running;
        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_service_that_stops_while_it_waits_for_the_database_ends_quietly()
    {
        var running = EveryAsync(_ => throw new InvalidOperationException("too early"));

        await stop.CancelAsync();
        await running;
        Assert.Empty(failures);
    }

    [Fact]
    public async Task Where_more_is_to_be_done_there_is_no_rest()
    {
        database.MarkReady();
        var left = 3;
        var running = Rounds.RunAsync(
            database,
            _ => Task.FromResult(--left > 0 ? TimeSpan.Zero : Rest),
            Rest,
            e => failures.Add(e.Message),
            clock,
            stop.Token
        );

        Assert.Equal(0, left);
        clock.Advance(Rest);
        Assert.Equal(-1, left);

        await stop.CancelAsync();
        await running;
    }
}
