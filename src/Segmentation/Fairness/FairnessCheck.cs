using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.Segmentation.Fairness;

/// <summary>What was counted of one group of customers: an age band, a gender, a region.</summary>
/// <param name="Customers">All of them.</param>
/// <param name="Selected">Those in the segment, or with the good outcome.</param>
internal readonly record struct GroupCount(string Group, long Customers, long Selected);

/// <param name="ShareOfCustomers">0 to 1: of all customers whose group is known.</param>
/// <param name="ShareOfSelected">0 to 1: of the selected ones whose group is known.</param>
/// <param name="Rate">Selected by customers.</param>
/// <param name="Ratio">Disparate impact: the rate by that of all the other groups together; null where there are no others or nobody is selected.</param>
/// <param name="Flagged">The ratio is below four fifths, and that is no accident.</param>
internal sealed record GroupFairness(
    string Group,
    long Customers,
    long Selected,
    double ShareOfCustomers,
    double ShareOfSelected,
    double Rate,
    RatioView? Ratio,
    bool Flagged
);

/// <param name="Lower">Simultaneous over the groups compared.</param>
internal sealed record RatioView(double Estimate, double Lower, double Upper);

/// <summary>
/// Whether a segment or an outcome favours groups of people. A group is flagged when its rate is below four fifths of the rate of everybody
/// else (the rule of the US Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D) and the interval of the ratio, at a confidence
/// that all groups share (Bonferroni), lies below 1. Compared with everybody else, not with the most favoured group: the largest of
/// several noisy rates is too large, and a fair segment would be flagged.
/// </summary>
internal static class FairnessCheck
{
    public const double FourFifths = 0.8;

    /// <summary>Groups of fewer customers are counted and never flagged.</summary>
    public const int Smallest = 30;

    /// <param name="confidence">That no fair group is flagged, 0 to 1.</param>
    public static IReadOnlyList<GroupFairness> Of(IReadOnlyList<GroupCount> groups, double confidence = 0.95)
    {
        var customers = groups.Sum(g => g.Customers);
        var selected = groups.Sum(g => g.Selected);
        var compared = groups.Count(g => g.Customers >= Smallest && g.Customers < customers);
        return
        [
            .. groups
                .Where(g => g.Customers > 0)
                .Select(g =>
                {
                    RatioView? ratio = null;
                    if (g.Customers < customers && selected > 0)
                    {
                        var interval = RatioInterval.Of(
                            new Proportion(g.Selected, g.Customers),
                            new Proportion(selected - g.Selected, customers - g.Customers),
                            1 - (1 - confidence) / Math.Max(1, compared)
                        );
                        ratio = new RatioView(interval.Estimate, interval.Lower, interval.Upper);
                    }
                    return new GroupFairness(
                        g.Group,
                        g.Customers,
                        g.Selected,
                        (double)g.Customers / customers,
                        selected == 0 ? 0 : (double)g.Selected / selected,
                        (double)g.Selected / g.Customers,
                        ratio,
                        g.Customers >= Smallest && ratio is { Estimate: < FourFifths, Upper: < 1 }
                    );
                }),
        ];
    }
}
