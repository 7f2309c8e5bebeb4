using System.Text.RegularExpressions;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>What a stop leaves behind: nothing; and what a killed launcher left is cleared away by the next start.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Asked_to_stop_it_leaves_nothing_behind_within_five_seconds()
    {
        await using var platform = new StandalonePlatform();
        await platform.StartAsync();

        var took = await platform.StopAsync();

        Assert.True(took < TimeSpan.FromSeconds(5), took.ToString());
        Assert.Equal(0, platform.Up.Process.ExitCode);
        Assert.Empty(ProcessesOf(platform));
    }

    [Fact]
    public async Task Separate_processes_on_servers_of_their_own_survive_a_killed_launcher_and_are_all_gone_after_a_stop()
    {
        await using var platform = new DistributedPlatform();
        await platform.StartAsync();
        var left = platform.Services["email"].Pid;
        // Only the launcher: what it started runs on, and holds the port.
        await platform.KillLauncherAsync();

        await platform.StartAsync();
        Assert.Contains($"Ending email, which an unclean stop left behind (process {left})", platform.Up.Printed, StringComparison.Ordinal);
        Assert.True(await platform.CollectsAsync(Shop.SignsUp("again", "again@shop.test", TimeProvider.System.GetUtcNow())));
        await platform.EventuallySendsAsync("again@shop.test", "welcome");
        var took = await platform.StopAsync();

        // Services may take four seconds, then RabbitMQ as long.
        Assert.True(took < TimeSpan.FromSeconds(10), took.ToString());
        Assert.Equal(0, platform.Up.Process.ExitCode);
        Assert.Empty(ProcessesOf(platform));
    }

    /// <summary>Command lines of processes that were started for this platform: its folders are in their arguments or their environment.</summary>
    private static string[] ProcessesOf(RunningPlatform platform)
    {
        string[] folders =
        [
            platform.Data,
            .. Regex.Matches(platform.Up.Printed, "files in (.+)").Select(match => match.Groups[1].Value.Trim()),
        ];
        return
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Where(process => int.TryParse(Path.GetFileName(process), out _))
                .Where(process =>
                    folders.Any(folder => (Read(process, "cmdline") + Read(process, "environ")).Contains(folder, StringComparison.Ordinal))
                )
                .Select(process => Read(process, "cmdline").Replace('\0', ' ')),
        ];
    }

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
