using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Response;

public sealed class MixModelTests
{
    /// <summary>PyMC-Marketing's example, made with carry-over .4 and .2.</summary>
    [Fact]
    public void The_carry_over_of_the_pymc_example_is_found_again()
    {
        var file = SharedData.Find("mmm-pymc", "mmm_example.csv");
        Assert.SkipWhen(file is null, SharedData.Missing);

        var fit = MixModel.Fit(MixFile.Read(file!, "date_week", "y", ["x1", "x2"], ["event_1", "event_2"]), new());

        Assert.InRange(fit.Channels[0].Parameters["adstock"].Estimate, 0.33, 0.43);
        Assert.InRange(fit.Channels[1].Parameters["adstock"].Estimate, 0.13, 0.23);
        Assert.InRange(fit.RSquared, 0.95, 1);
        Assert.InRange(fit.WorstMixing, 0.99, 1.05);
    }

    [Fact]
    public void Intervals_hold_the_true_return_of_simulated_shops_and_the_same_seed_gives_the_same_figures()
    {
        var report = EvaluateRecoveryCommand.Run(104, 6, 1000, TestContext.Current.CancellationToken);

        Assert.InRange(report.Coverage, 0.85, 1);
        Assert.InRange(report.MedianRelativeError, 0, 0.25);
        Assert.Equal(report, EvaluateRecoveryCommand.Run(104, 6, 1000, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_lift_test_narrows_the_interval_of_its_channel()
    {
        var shop = MixSimulation.Of(104, 5);
        var channel = shop.Data.Channels[0];
        var before = MixModel.Fit(shop.Data, new()).Channels[0];
        var truth = shop.TrueRoi[0] * channel.Values.Sum();

        var after = MixModel.Fit(shop.Data, new(), [new(channel.Name, 0, shop.Data.Periods - 1, truth, truth * 0.03)]).Channels[0];

        Assert.True(after.Roi.Upper - after.Roi.Lower < 0.5 * (before.Roi.Upper - before.Roi.Lower));
        Assert.InRange(shop.TrueRoi[0], after.Roi.Lower, after.Roi.Upper);
    }
}
