using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Power;
using MarketingPlatform.Experimentation.Segments;
using MarketingPlatform.Experimentation.Sequential;

namespace MarketingPlatform.Cli.Evaluate.Plots;

/// <summary>The plots of docs/statistics.md, each from a simulation with a fixed seed.</summary>
internal static class ExperimentPlots
{
    public static IEnumerable<(string Name, LineChart Chart)> All()
    {
        var peeking = PeekingSimulation.Run(2_000, 20_000, 100, 0.1, ConfidenceSequence.DefaultTuning, new Random(1));
        yield return ("peeking", Peeking(peeking));
        yield return ("sequence-width", Widths());
        yield return ("power", Power());
        yield return ("cuped", CovariateGain());
        yield return ("shrinkage", Shrinkage());
    }

    private static LineChart Peeking(PeekingReport report) =>
        new(
            "2,000 A/A tests, looked at every 100 units: who has seen an effect that is not there?",
            "units of both arms",
            "per cent of the experiments",
            [
                new Line("interval for one look", [.. report.ByLook.Select(look => ((double)look.Units, 100 * look.Fixed))]),
                new Line("confidence sequence", [.. report.ByLook.Select(look => ((double)look.Units, 100 * look.Sequence))]),
                new Line("promised: 5 per cent", [(0, 5), (report.ByLook[^1].Units, 5)], Dashed: true),
            ]
        );

    private static LineChart Widths() =>
        new(
            "The price of looking at any time",
            "units of both arms",
            "width by that of an interval for one look",
            [
                .. new long[] { 1_000, 5_000, 20_000 }.Select(tuning => new Line(
                    $"tuned to {tuning} units",
                    [
                        .. Enumerable
                            .Range(1, 100)
                            .Select(i =>
                                (
                                    X: 400.0 * i,
                                    Y: new ConfidenceSequence(tuning).CriticalValue(400 * i)
                                        / NormalDistribution.TwoSidedCriticalValue(0.95)
                                )
                            ),
                    ]
                )),
                new Line("one look", [(0, 1), (40_000, 1)], Dashed: true),
            ]
        );

    private static LineChart Power() =>
        new(
            "Chance to see a change of a rate of 5 per cent",
            "units an arm",
            "power",
            [
                .. new[] { 0.005, 0.01, 0.02 }.Select(effect => new Line(
                    $"+{100 * effect} percentage points",
                    [.. Enumerable.Range(1, 100).Select(i => (300.0 * i, SampleSize.PowerForRate(0.05, effect, 300 * i)))]
                )),
                new Line("80 per cent", [(0, 0.8), (30_000, 0.8)], Dashed: true),
            ]
        );

    private static LineChart CovariateGain()
    {
        var measured = Enumerable.Range(0, 20).Select(i => (X: 0.05 * i, Y: RemainingVariance(0.05 * i, new Random(i)))).ToArray();
        return new LineChart(
            "CUPED: variance left, simulated with 20,000 units an arm",
            "correlation ρ of metric and covariate",
            "variance by that without covariate",
            [
                new Line("simulated", measured),
                new Line("1 − ρ²", [.. measured.Select(point => (point.X, 1 - point.X * point.X))], Dashed: true),
            ]
        );
    }

    private static double RemainingVariance(double correlation, Random random)
    {
        UnitMoments[] arms = [new(), new()];
        for (var i = 0; i < 40_000; i++)
        {
            var (before, noise) = (Normal(random), Normal(random));
            arms[i % 2].Add(correlation * before + Math.Sqrt(1 - correlation * correlation) * noise, 1, before);
        }
        var adjusted = Cuped.Adjust(arms);
        return adjusted.Sum(arm => arm.Variance) / adjusted.Sum(arm => arm.UnadjustedVariance);
    }

    private static LineChart Shrinkage()
    {
        // The same effect in twenty segments of different size: what differs is noise.
        var random = new Random(4);
        var effects = Enumerable.Range(0, 20).Select(i => (Effect: 1 + (0.5 + 0.1 * i) * Normal(random), Error: 0.5 + 0.1 * i)).ToArray();
        var shrunken = SegmentShrinkage.Of(effects);
        return new LineChart(
            "Twenty segments, all with a true effect of 1",
            "standard error of the segment",
            "effect",
            [
                new Line("seen", [.. effects.Select(one => (one.Error, one.Effect))]),
                new Line("shrunken", [.. effects.Zip(shrunken.Segments, (one, segment) => (one.Error, segment.Effect))]),
                new Line("true", [(0.5, 1), (2.4, 1)], Dashed: true),
            ]
        );
    }

    private static double Normal(Random random) => NormalDistribution.Quantile(Math.Max(1e-16, random.NextDouble()));
}
