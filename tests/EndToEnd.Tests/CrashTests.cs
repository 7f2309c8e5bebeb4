using System.Collections.Concurrent;
using System.Globalization;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>What a kill -9 may not change.</summary>
public sealed class CrashTests(StandalonePlatform platform) : IClassFixture<StandalonePlatform>
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
        await StandalonePlatform.EventuallyAsync<object>(
            "everybody accepted is welcomed",
            () => Task.FromResult<object?>(Welcomed().Length >= stored ? true : null)
        );
        var welcomed = Welcomed();
        Assert.Equal(welcomed.Distinct().Count(), welcomed.Length);
        Assert.Equal(stored, welcomed.Length);

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

        string[] Welcomed() =>
            [
                .. platform
                    .Mails()
                    .SelectMany(mail => mail.To.Mailboxes)
                    .Select(mailbox => mailbox.Address)
                    .Where(address => address.StartsWith("crash-", StringComparison.Ordinal)),
            ];
    }

    [Fact]
    public async Task Asked_to_stop_it_leaves_nothing_behind_within_five_seconds()
    {
        await using var other = new StandalonePlatform();
        await other.StartAsync();

        var took = await other.StopAsync();

        Assert.True(took < TimeSpan.FromSeconds(5), took.ToString());
        Assert.Equal(0, other.Up.Process.ExitCode);
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)),
            folder => CommandLineOf(folder).Contains(other.Data, StringComparison.Ordinal)
        );
    }

    private static string CommandLineOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
