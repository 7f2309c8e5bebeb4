using MarketingPlatform.Email.Campaigns.Simulation;
using MarketingPlatform.Experimentation.Intervals;
using Xunit;

namespace MarketingPlatform.Email.Tests.Campaigns;

public class SameMailTwiceTests
{
    [Theory]
    [InlineData(2, "clicks")]
    [InlineData(3, "conversions")]
    public void Of_campaigns_whose_variants_are_the_same_mail_at_most_one_in_twenty_names_a_winner(int arms, string metric)
    {
        var report = SameMailTwice.Run(200, 1_500, arms, 7, metric, 0.04, 0, 77_000);

        Assert.InRange(report.Declared, 0, 10);
        Assert.Equal(0, report.Alarms);
    }

    [Fact]
    public void A_real_difference_is_found_by_the_same_path()
    {
        var report = SameMailTwice.Run(20, 4_000, 2, 7, "clicks", 0.04, 0.04, 77_000);

        Assert.True(WilsonInterval.Of(new Proportion(report.Declared, report.Campaigns)).Lower > 0.8);
    }
}
