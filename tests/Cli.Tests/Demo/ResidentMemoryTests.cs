using MarketingPlatform.Cli.Demo;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Demo;

public sealed class ResidentMemoryTests
{
    [Fact]
    public void A_process_name_with_brackets_and_spaces_does_not_hide_the_parent() =>
        Assert.Equal(17, ResidentMemory.ParentIn("4242 (postgres: a) b (c) S 17 4242 4242 0 -1"));

    [Fact]
    public void Descendants_count_once_and_strangers_not()
    {
        var parents = new Dictionary<int, int>
        {
            [1] = 0,
            [10] = 1,
            [11] = 10,
            [12] = 11,
            [20] = 1,
            [30] = 1,
        };

        Assert.Equal([10, 11, 12, 20], ResidentMemory.Tree(parents, [10, 20, 11, 99]).Order());
    }

    [Fact]
    public void The_proportional_size_is_read_and_not_its_parts() =>
        Assert.Equal(
            5_120,
            ResidentMemory.ProportionalKilobytes([
                "00400000-7fff ---p 00000000 [rollup]",
                "Rss:  9000 kB",
                "Pss:    5120 kB",
                "Pss_Anon: 77 kB",
            ])
        );

    [Fact]
    public void Our_own_process_has_a_size()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var data = Directory.CreateTempSubdirectory("marketing-memory-").FullName;
        File.WriteAllText(
            Path.Combine(data, "standalone.json"),
            $$"""{"pid":{{Environment.ProcessId}},"postgresPid":{{Environment.ProcessId}}}"""
        );

        Assert.Matches("^resident memory: [1-9][0-9,]* MB ", ResidentMemory.Describe(data));
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public void A_process_that_ended_meanwhile_counts_nothing() => Assert.Null(ResidentMemory.KilobytesOf(int.MaxValue));

    [Fact]
    public void Without_the_file_it_says_so() =>
        Assert.Contains("not measured", ResidentMemory.Describe("/nowhere"), StringComparison.Ordinal);
}
