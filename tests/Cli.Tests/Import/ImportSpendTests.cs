using MarketingPlatform.Cli.Import;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Import;

public sealed class ImportSpendTests
{
    [Fact]
    public void Counts_that_a_file_does_not_know_are_left_out_and_not_sent_as_zero()
    {
        var rows = Read("date,channel,spend,impressions,clicks,conversions\n2026-05-01,search,12.5,,,\n2026-05-02,search,10,900,30,0\n");

        Assert.Equal("""{"date":"2026-05-01","channel":"search","spend":12.5}""", rows[0]);
        Assert.Equal("""{"date":"2026-05-02","channel":"search","spend":10,"impressions":900,"clicks":30,"conversions":0}""", rows[1]);
    }

    [Fact]
    public void A_count_that_is_no_whole_number_is_refused_with_its_place() =>
        Assert.Contains(
            "line 2",
            Assert.Throws<CommandException>(() => Read("date,channel,spend,clicks\n2026-05-01,search,12.5,many\n")).Message,
            StringComparison.Ordinal
        );

    private static List<string> Read(string csv)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, csv);
            return [.. ImportSpend.Read(path, null).Select(row => row.Json.ToJsonString())];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
