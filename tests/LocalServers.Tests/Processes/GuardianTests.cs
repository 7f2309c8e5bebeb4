using MarketingPlatform.LocalServers.Processes;
using Xunit;

namespace MarketingPlatform.LocalServers.Tests.Processes;

public sealed class GuardianTests
{
    [Fact]
    public async Task When_the_owner_dies_its_servers_and_their_folder_go_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no guardian on Windows.");
        var folder = Directory.CreateTempSubdirectory("marketing-guardian-").FullName;
        using var server = ServerProcess.Start(["sleep", "1000"]);
        using var guardian = Guardian.Watch(folder, server.Id);

        await guardian.AbandonAsync();

        Assert.True(await Signals.GoneWithinAsync(server.Id, TimeSpan.FromSeconds(5)));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_released_guardian_touches_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no guardian on Windows.");
        var folder = Directory.CreateTempSubdirectory("marketing-guardian-").FullName;
        using var server = ServerProcess.Start(["sleep", "1000"]);
        var guardian = Guardian.Watch(folder, server.Id);

        await guardian.ReleaseAsync();

        Assert.True(ProcessTable.IsAlive(server.Id));
        Assert.True(Directory.Exists(folder));
        Signals.Send(server.Id, Signal.Kill);
        Directory.Delete(folder);
    }
}
