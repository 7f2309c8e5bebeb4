using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.Experimentation.Sequential;

/// <summary>What happens to somebody who looks at an experiment again and again, found by simulation.</summary>
/// <param name="Runs">Simulated experiments.</param>
/// <param name="FalseAlarms">Share of experiments without an effect in which the confidence sequence left 0 out at some look.</param>
/// <param name="Coverage">Share of experiments in which it held the truth at every look.</param>
/// <param name="WidthRatio">Its mean width at the last look by that of the interval for a single look.</param>
/// <param name="MixtureFalseAlarms">The mSPRT's share of experiments with a p-value below alpha at some look.</param>
/// <param name="FixedFalseAlarms">The same of the ordinary interval, which is not meant for it.</param>
/// <param name="ByLook">Units at each look, and the shares of experiments that had raised an alarm until then.</param>
public sealed record PeekingReport(
    int Runs,
    double FalseAlarms,
    double Coverage,
    double WidthRatio,
    double MixtureFalseAlarms,
    double FixedFalseAlarms,
    IReadOnlyList<PeekingLook> ByLook
);

/// <summary>One look.</summary>
/// <param name="Units">Units of both arms so far.</param>
/// <param name="Sequence">Share of experiments in which the confidence sequence had left out 0.</param>
/// <param name="Fixed">Share of experiments in which the ordinary interval had.</param>
/// <param name="CriticalValue">Half the width of the sequence in standard errors.</param>
public readonly record struct PeekingLook(long Units, double Sequence, double Fixed, double CriticalValue);

/// <summary>A/A tests of a rate, looked at as they grow.</summary>
public static class PeekingSimulation
{
    /// <summary>Runs the simulation.</summary>
    /// <param name="runs">Experiments, 1 or more.</param>
    /// <param name="units">Units of both arms at the end.</param>
    /// <param name="every">Units between looks.</param>
    /// <param name="rate">The rate of both arms, strictly between 0 and 1.</param>
    /// <param name="tuning">Of the confidence sequence.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument out of its range.</exception>
    public static PeekingReport Run(int runs, int units, int every, double rate, long tuning, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, every);
        ArgumentNullException.ThrowIfNull(random);
        if (!(rate > 0 && rate < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A rate lies strictly between 0 and 1.");

        var sequence = new ConfidenceSequence(tuning);
        var single = NormalDistribution.TwoSidedCriticalValue(0.95);
        var looks = units / every;
        var (bySequence, byFixed) = (new int[looks], new int[looks]);
        var (mixtureAlarms, widths) = (0, 0.0);
        for (var run = 0; run < runs; run++)
        {
            var (control, treatment) = (0L, 0L);
            var (firstSequence, firstFixed) = (looks, looks);
            var mixture = new MixtureTest(rate * 0.1);
            for (var look = 0; look < looks; look++)
            {
                for (var i = 0; i < every; i += 2)
                {
                    control += random.NextDouble() < rate ? 1 : 0;
                    treatment += random.NextDouble() < rate ? 1 : 0;
                }
                var each = (look + 1L) * ((every + 1) / 2);
                var seen = Difference.Of(Estimate.Of(new Proportion(control, each)), Estimate.Of(new Proportion(treatment, each)));
                if (seen is not { } difference)
                    continue;
                var tested = sequence.Test(difference);
                if (firstSequence == looks && (tested.Lower > 0 || tested.Upper < 0))
                    firstSequence = look;
                if (firstFixed == looks && Math.Abs(difference.Value) > single * difference.StandardError)
                    firstFixed = look;
                mixture = mixture.Look(difference);
                if (look == looks - 1)
                    widths += (tested.Upper - tested.Lower) / (2 * single * difference.StandardError);
            }
            for (var look = firstSequence; look < looks; look++)
                bySequence[look]++;
            for (var look = firstFixed; look < looks; look++)
                byFixed[look]++;
            mixtureAlarms += mixture.P < 0.05 ? 1 : 0;
        }

        var alarms = (double)bySequence[^1] / runs;
        var byLook = Enumerable
            .Range(0, looks)
            .Select(i => new PeekingLook(
                (i + 1L) * every,
                (double)bySequence[i] / runs,
                (double)byFixed[i] / runs,
                sequence.CriticalValue((i + 1L) * every)
            ))
            .ToArray();

        // Without an effect the truth is 0: left out at some look and not covered are the same experiments.
        return new PeekingReport(runs, alarms, 1 - alarms, widths / runs, (double)mixtureAlarms / runs, (double)byFixed[^1] / runs, byLook);
    }
}
