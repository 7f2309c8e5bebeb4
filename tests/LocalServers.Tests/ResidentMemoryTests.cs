using Xunit;

namespace MarketingPlatform.LocalServers.Tests;

public sealed class ResidentMemoryTests
{
    [Fact]
    public void This_process_counts_once_however_often_it_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells the memory of a tree.");

        var once = ResidentMemory.Of(Environment.ProcessId);
        var twice = ResidentMemory.Of(Environment.ProcessId, Environment.ProcessId);

        Assert.NotNull(once);
        Assert.NotNull(twice);
        Assert.InRange(once.ProportionalBytes, 10_000_000, once.ResidentBytes);
        Assert.InRange(twice.ResidentBytes, once.ResidentBytes / 2, once.ResidentBytes * 3 / 2);
    }

    [Fact]
    public void A_process_that_is_gone_has_none()
    {
        Assert.Null(ResidentMemory.Of(int.MaxValue));
    }
}
