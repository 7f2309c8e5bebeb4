using System.Collections.Concurrent;
using System.Globalization;

namespace MarketingPlatform.EndToEnd.Tests;

[Collection(StandalonePlatform.Shared)]
public sealed class CrashOfOneProcessTests(StandalonePlatform platform) : CrashTests(platform);

[Collection(DistributedPlatform.Shared)]
public sealed class CrashOfAllProcessesTests(DistributedPlatform platform) : CrashTests(platform);

/// <summary>What a kill -9 of the whole platform may not change.</summary>
public abstract class CrashTests(RunningPlatform platform)
{
    [Fact]
    public async Task After_a_kill_in_the_middle_of_the_demo_every_accepted_event_is_there_and_nobody_was_welcomed_twice()
    {
        using var demo = Machine.Start(
            "demo",
            "--customers",
            "60",
            "--port",
            platform.Port.ToString(CultureInfo.InvariantCulture),
            "--data",
            platform.Data
        );
        // Not before the demo feeds: a platform that is away when it begins would be a plain refusal, which is right.
        await RunningPlatform.EventuallyAsync<object>(
            "the demo feeds",
            () => Task.FromResult<object?>(demo.Printed.Contains("Feeding", StringComparison.Ordinal) ? true : null)
        );
        var accepted = new ConcurrentBag<string>();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SignUpUntilAsync(150)));
        await platform.KillAsync();
        await platform.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SignUpUntilAsync(250)));

        var stored = await platform.AskAsync<long>("customers", "select count(*) from events where message_id like 'signup-crash-%'");
        var found = await platform.AskAsync<long>(
            "customers",
            $"select count(distinct message_id) from events where message_id = any('{{{string.Join(',', accepted)}}}')"
        );
        Assert.Equal(accepted.Count, found);
        Assert.True(stored >= accepted.Count);
        await RunningPlatform.EventuallyAsync(
            "everybody stored is welcomed",
            () => Task.FromResult(platform.Welcomed("crash-").Count >= stored)
        );
        var welcomed = platform.Welcomed("crash-");
        Assert.Equal(welcomed.Distinct().Count(), welcomed.Count);
        Assert.Equal(stored, welcomed.Count);

        // The demo's feed waits while the platform is away, repeats what was not answered, and ends as if nothing had happened.
        Assert.True(await demo.EndAsync(TestContext.Current.CancellationToken) == 0, demo.Printed);
        var twice = await platform.AskAsync<long>("customers", "select count(*) - count(distinct message_id) from events");
        Assert.Equal(0, twice);
        return;

        async Task SignUpUntilAsync(int count)
        {
            while (true)
            {
                var number = Interlocked.Increment(ref next);
                if (number > count)
                    return;
                var user = $"crash-{number}";
                var at = TimeProvider.System.GetUtcNow();
                if (await platform.CollectsAsync(Shop.SignsUp(user, user + "@shop.test", at)))
                    accepted.Add("signup-" + user);
            }
        }
    }
}
