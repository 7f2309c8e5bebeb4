using MarketingPlatform.Experimentation.Sequential;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Sequential;

public sealed class PeekingSimulationTests
{
    /// <summary>2,000 A/A tests, looked at every 100 units up to 20,000.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.05)]
    public void Who_looks_every_hundred_units_is_misled_in_at_most_one_experiment_of_twenty(double rate)
    {
        var report = PeekingSimulation.Run(2_000, 20_000, 100, rate, ConfidenceSequence.DefaultTuning, new Random(1));

        Assert.InRange(report.FalseAlarms, 0, 0.05);
        Assert.InRange(report.Coverage, 0.95, 1);
        Assert.InRange(report.WidthRatio, 1, 1.6);
        Assert.InRange(report.MixtureFalseAlarms, 0, 0.05);

        // And the ordinary interval does mislead, or the simulation would show nothing.
        Assert.InRange(report.FixedFalseAlarms, 0.2, 0.6);
    }
}
