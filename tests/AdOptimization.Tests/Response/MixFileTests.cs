using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Response;

public sealed class MixFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    [Theory]
    [InlineData(5, "2024-01-29,100,-3,1", "column \"tv\": spend is zero or more.")]
    [InlineData(5, "2024-01-22,100,3,1", "2024-01-22 comes twice.")]
    [InlineData(5, "2024-01-01,100,3,1", "dates must rise")]
    [InlineData(5, "2024-01-29,NaN,3,1", "\"NaN\" is not a number")]
    [InlineData(5, "2024-01-30,100,3,1", "periods must be of equal length")]
    [InlineData(10, "", "at least 26 are needed")]
    public void What_no_model_can_be_fitted_to_is_refused_with_the_place(int line, string content, string reason)
    {
        var weeks = Enumerable.Range(0, 30).Select(w => $"{new DateOnly(2024, 1, 1).AddDays(7 * w):yyyy-MM-dd},100,{w},0").ToList();
        if (content.Length == 0)
            weeks.RemoveRange(line, weeks.Count - line);
        else
            weeks[line - 1] = content;
        File.WriteAllLines(path, ["week,sales,tv,radio", .. weeks]);

        var refusal = Assert.Throws<CommandException>(() => MixFile.Read(path, "week", "sales", ["tv"], []));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_channel_without_any_spend_is_named()
    {
        File.WriteAllLines(
            path,
            ["week,sales,radio", .. Enumerable.Range(0, 30).Select(w => $"{new DateOnly(2024, 1, 1).AddDays(7 * w):yyyy-MM-dd},100,0")]
        );

        var refusal = Assert.Throws<CommandException>(() => MixFile.Read(path, "week", "sales", ["radio"], []));

        Assert.Contains("\"radio\" was never spent on", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(path);
}
