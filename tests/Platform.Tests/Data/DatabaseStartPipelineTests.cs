using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Data;

public sealed class DatabaseStartPipelineTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_waits_for_a_server_as_long_as_it_takes_with_growing_pauses_of_at_most_ten_seconds()
    {
        var clock = new ClockThatJumps();
        var tries = 0;

        await PipelineOf(clock)
            .ExecuteAsync(
                async _ =>
                {
                    await Task.Yield();
                    if (++tries <= 3000)
                        throw new IOException("Connection refused");
                },
                Ct
            );

        Assert.Equal(3000, clock.Pauses.Count);
        Assert.All(clock.Pauses, pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        Assert.InRange(clock.Pauses[0], TimeSpan.Zero, TimeSpan.FromSeconds(1));
        // Never a hot loop: after the first minute the server is asked some six to twelve times a minute.
        Assert.True(clock.Pauses.Skip(10).Average(pause => pause.TotalSeconds) > 5);
    }

    [Fact]
    public async Task Pauses_are_jittered_so_that_instances_do_not_ask_in_step()
    {
        var (one, other) = (new ClockThatJumps(), new ClockThatJumps());

        await FailAsync(one, 5);
        await FailAsync(other, 5);

        Assert.NotEqual(one.Pauses, other.Pauses);
    }

    [Fact]
    public async Task A_stop_ends_the_wait_at_once()
    {
        var clock = new FakeTimeProvider();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var waiting = PipelineOf(clock)
            .ExecuteAsync(
                async _ =>
                {
                    await Task.Yield();
                    failed.TrySetResult();
                    throw new IOException("Connection refused");
                },
                stop.Token
            )
            .AsTask();
        await failed.Task.WaitAsync(Ct);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static async Task FailAsync(ClockThatJumps clock, int times)
    {
        var tries = 0;
        await PipelineOf(clock)
            .ExecuteAsync(_ => ++tries <= times ? throw new IOException("Connection refused") : ValueTask.CompletedTask, Ct);
    }

    private static ResiliencePipeline PipelineOf(TimeProvider clock)
    {
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = clock };
        DatabaseStartPipeline.Configure(pipeline);
        return pipeline.Build();
    }

    /// <summary>Time passes exactly as far as somebody waits.</summary>
    private sealed class ClockThatJumps : FakeTimeProvider
    {
        public List<TimeSpan> Pauses { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Pauses.Add(dueTime);
                Advance(dueTime);
            }
            return timer;
        }
    }
}
