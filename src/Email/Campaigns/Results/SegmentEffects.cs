using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Segments;

namespace MarketingPlatform.Email.Campaigns.Results;

/// <summary>The effects of an arm in segments, each pulled towards that of all (<see cref="SegmentShrinkage"/>).</summary>
internal static class SegmentEffects
{
    /// <returns>None where there are fewer than two segments: nothing is there to be pulled towards.</returns>
    public static IEnumerable<SegmentResult> Of(string arm, IReadOnlyList<(string Segment, long People, Difference Difference)> found) =>
        found.Count < 2
            ? []
            : found.Zip(
                SegmentShrinkage.Of([.. found.Select(one => (one.Difference.Value, one.Difference.StandardError))]).Segments,
                (one, effect) => new SegmentResult(one.Segment, arm, one.People, effect.Effect, effect.Lower, effect.Upper, effect.Weight)
            );
}
