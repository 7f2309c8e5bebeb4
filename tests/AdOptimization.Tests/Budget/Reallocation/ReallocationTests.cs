using MarketingPlatform.AdOptimization.Budget.Reallocation;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Reallocation;

public sealed class ReallocationTests : IDisposable
{
    private const string Header = "age,gender,interest,Impressions,Clicks,Spent,Total_Conversion,Approved_Conversion";

    private static readonly string[] By = ["age", "gender", "interest"];

    private readonly string path = Path.GetTempFileName();

    /// <summary>The totals that the set's README states.</summary>
    [Fact]
    public void Totals_of_the_public_report_are_the_files_and_groups_sum_to_them()
    {
        var file = SharedData.Find("kag-facebook-ads", "KAG_conversion_data.csv");
        Assert.SkipWhen(file is null, SharedData.Missing);

        var report = AdOptimization.Budget.Reallocation.Reallocation.Of(AdRows.Read(file!, By), By, 2, 1);

        var total = report.Total;
        Assert.Equal((1143, 213434828, 38165, 3264, 1079), (total.Ads, total.Impressions, total.Clicks, total.Enquiries, total.Sales));
        Assert.Equal(58705.22995820498, total.Spend, 1e-6);
        foreach (var column in report.Groups.GroupBy(g => g.Column))
            Assert.Equal(total.Spend, column.Sum(g => g.Spend), 1e-6);
        Assert.Equal(total.Spend, report.Cells.Sum(c => c.Proposed), 1e-6);
        Assert.All(report.Cells, c => Assert.InRange(c.Proposed, c.Spend / 2 - 1e-9, c.Spend * 2 + 1e-9));
        Assert.InRange(report.Gain.Lower, 0, report.Gain.Upper);
    }

    [Fact]
    public void Where_groups_sell_alike_judges_see_no_gain_in_moving_money()
    {
        var random = new Random(3);
        var ads = Enumerable
            .Range(0, 400)
            .Select(i => new AdRow([$"{i % 4}"], 1000, 20, 10, 5, random.NextDouble() < 0.5 ? 1 : 2))
            .ToArray();

        var report = AdOptimization.Budget.Reallocation.Reallocation.Of(ads, ["age"], 2, 1);

        Assert.True(report.Gain.Lower < 0.01, $"{report.Gain}");
    }

    [Theory]
    [InlineData("30,M,1,10,20,5,1,1", "20 clicks exceed 10 impressions")]
    [InlineData("30,M,1,100,20,5,1,3", "3 approved conversions exceed 1")]
    [InlineData("30,M,1,100,20,-5,1,1", "it is negative")]
    [InlineData("30,M,1,100,20,0,1,1", "nothing was spent")]
    public void A_report_that_cannot_be_is_refused(string line, string reason)
    {
        File.WriteAllLines(path, [Header, line]);

        Assert.Contains(reason, Assert.Throws<CommandException>(() => AdRows.Read(path, By)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(path);
}
