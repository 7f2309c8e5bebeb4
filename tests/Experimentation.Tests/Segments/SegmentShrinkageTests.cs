using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Segments;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Segments;

public sealed class SegmentShrinkageTests
{
    /// <summary>Rubin's eight schools. With a flat prior on τ Gelman et al. (table 5.3) print medians from 10 (school A) to 5 (school E); under the
    /// uniform shrinkage prior they lie a little nearer to the common mean of about 8.</summary>
    [Fact]
    public void Eight_schools()
    {
        double[] effects = [28, 8, -3, 7, -1, 1, 18, 12];
        double[] errors = [15, 10, 16, 11, 9, 11, 10, 18];
        var result = SegmentShrinkage.Of([.. effects.Zip(errors)]);

        Assert.InRange(result.Common, 7.3, 8.3);
        Assert.InRange(result.Segments[0].Effect, 9, 13);
        Assert.InRange(result.Segments[4].Effect, 4, 7);
        Assert.Equal(0, result.Segments.MaxBy(segment => segment.Effect) == result.Segments[0] ? 0 : 1);
    }

    [Fact]
    public void Segments_that_differ_by_noise_alone_are_drawn_together_and_true_differences_stay()
    {
        var random = new Random(1);
        var noise = SegmentShrinkage.Of([.. Enumerable.Range(0, 40).Select(_ => (5 + NormalDistribution.Sample(random), 1.0))]);
        var truth = SegmentShrinkage.Of([
            .. Enumerable.Range(0, 40).Select(i => (5 + 20 * (i % 2) + NormalDistribution.Sample(random), 1.0)),
        ]);

        Assert.All(noise.Segments, segment => Assert.InRange(segment.Weight, 0, 0.35));
        Assert.All(truth.Segments, segment => Assert.InRange(segment.Weight, 0.95, 1));
    }

    /// <summary>Effects drawn from the model are held by the intervals as often as promised, and the shrunken ones err less.</summary>
    [Fact]
    public void Intervals_hold_and_errors_are_smaller_than_those_of_the_segments_alone()
    {
        var random = new Random(3);
        var (held, all, alone, shrunken) = (0, 0, 0.0, 0.0);
        for (var run = 0; run < 60; run++)
        {
            var truths = Enumerable.Range(0, 8).Select(_ => 1 + 0.7 * NormalDistribution.Sample(random)).ToArray();
            var seen = truths
                .Select((truth, i) => (Effect: truth + (0.5 + 0.2 * i) * NormalDistribution.Sample(random), Error: 0.5 + 0.2 * i))
                .ToArray();
            var result = SegmentShrinkage.Of(seen);
            for (var i = 0; i < truths.Length; i++)
            {
                all++;
                held += result.Segments[i].Lower <= truths[i] && truths[i] <= result.Segments[i].Upper ? 1 : 0;
                alone += Math.Pow(seen[i].Effect - truths[i], 2);
                shrunken += Math.Pow(result.Segments[i].Effect - truths[i], 2);
            }
        }
        Assert.InRange((double)held / all, 0.93, 0.98);
        Assert.True(shrunken < 0.6 * alone, $"{shrunken} {alone}");
    }

    [Fact]
    public void A_segment_without_noise_is_refused() => Assert.Throws<ArgumentException>(() => SegmentShrinkage.Of([(1, 0), (2, 1)]));
}
