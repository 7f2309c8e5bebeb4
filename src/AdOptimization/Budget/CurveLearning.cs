using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>How days become beliefs.</summary>
/// <param name="HalfLife">Days after which a day counts half.</param>
/// <param name="Reported">Part of a day's conversions that is known after so many days; index 0 is the same day. Later ages are complete.</param>
internal sealed record LearningRules(double HalfLife, IReadOnlyList<double> Reported)
{
    public static readonly LearningRules Standard = new(28, []);

    public double ReportedAfter(int age) => age < Reported.Count ? Math.Max(0.01, Reported[age]) : 1;
}

/// <summary>Learns each cell's response from its days; little data is pulled towards what all cells did together.</summary>
internal static class CurveLearning
{
    /// <summary>How many conversions the common belief weighs.</summary>
    private const double PriorConversions = 2;

    /// <summary>How many conversions the common worth of one weighs.</summary>
    private const double PriorValued = 5;

    /// <summary>Half saturations that are tried, in multiples of a fair share of the budget: far right is nearly straight.</summary>
    private static readonly double[] Reaches = [0.125, 0.25, 0.5, 1, 2, 4, 8, 32];

    /// <summary>How sharply returns diminish. None is S-shaped: a day's few conversions cannot tell, and so every draw is solved exactly.</summary>
    private static readonly (double Shape, double Probability)[] Bends = [(0.6, 0.3), (0.8, 0.35), (1, 0.35)];

    /// <param name="fairShare">The day's budget through the number of cells, in cents; above 0.</param>
    public static IReadOnlyList<CurveBelief> Learn(IReadOnlyList<CellHistory> cells, double fairShare, LearningRules rules)
    {
        var rate = CommonRate(cells, rules);
        var worths = Worths(cells);
        var valued = cells.Any(c => c.Value > 0);
        // Once as if counts were Poisson, to see how much more they scatter; then with that.
        var first = cells.Select((c, i) => Believe(c, rate, worths[i], valued, fairShare, rules, 1)).ToArray();
        var dispersion = Dispersion(first, rules);
        return dispersion > 1 ? [.. cells.Select((c, i) => Believe(c, rate, worths[i], valued, fairShare, rules, dispersion))] : first;
    }

    private static CurveBelief Believe(
        CellHistory cell,
        double rate,
        double worth,
        bool valued,
        double fairShare,
        LearningRules rules,
        double dispersion
    )
    {
        var shapes = new List<ShapeBelief>();
        var evidence = new List<double>();
        var weekly = cell.Weekly?.On([.. Grid(fairShare)], worth);
        var place = 0;
        foreach (var (half, bend, probability) in Grid(fairShare))
        {
            var (count, reach, log) = (0.0, 0.0, 0.0);
            foreach (var day in cell.Days)
            {
                var exposure = Saturation(100 * (double)day.Spend, half, bend) * rules.ReportedAfter(day.Age);
                if (exposure <= 0)
                    continue;
                var weight = Weight(day, rules) / dispersion;
                count += weight * day.Conversions;
                reach += weight * exposure;
                log += weight * day.Conversions * Math.Log(exposure);
            }
            var priorRate = PriorConversions / (rate * cell.Lift * fairShare / Saturation(fairShare, half, bend));
            Add(weekly is null ? probability : probability * (1 - WeeklyPrior.Trust), PriorConversions, priorRate, false);
            // Where no conversion has a value, money that weeks tell of says how returns bend, not how high they are.
            if (weekly?[place] is { Probability: > 0 } said)
                Add(said.Probability * WeeklyPrior.Trust, valued ? said.Alpha : PriorConversions, valued ? said.Beta : priorRate, true);
            place++;

            void Add(double prior, double alpha, double beta, bool isWeekly)
            {
                shapes.Add(new(half, bend, 0, alpha + count, beta + reach, isWeekly));
                evidence.Add(
                    Math.Log(prior)
                        + log
                        + alpha * Math.Log(beta)
                        - (alpha + count) * Math.Log(beta + reach)
                        + GammaDistribution.LogGamma(alpha + count)
                        - GammaDistribution.LogGamma(alpha)
                );
            }
        }
        var most = evidence.Max();
        var sum = evidence.Sum(e => Math.Exp(e - most));
        return new(cell, [.. shapes.Select((s, i) => s with { Weight = Math.Exp(evidence[i] - most) / sum })], worth);
    }

    private static IEnumerable<(double Half, double Bend, double Probability)> Grid(double fairShare) =>
        Reaches.SelectMany(reach => Bends, (reach, bend) => (reach * fairShare, bend.Shape, bend.Probability / Reaches.Length));

    private static double Weight(CellDay day, LearningRules rules) => Math.Pow(0.5, day.Age / rules.HalfLife);

    internal static double Saturation(double spend, double half, double bend) => spend <= 0 ? 0 : 1 / (1 + Math.Pow(half / spend, bend));

    /// <returns>Conversions for a cent over all cells; a conversion and the cost of none are added, so that nothing is impossible.</returns>
    private static double CommonRate(IReadOnlyList<CellHistory> cells, LearningRules rules)
    {
        var (conversions, cents) = (1.0, 0.0);
        foreach (var day in cells.SelectMany(c => c.Days).Where(d => d.Spend > 0))
        {
            conversions += Weight(day, rules) * day.Conversions;
            cents += Weight(day, rules) * 100 * (double)day.Spend * rules.ReportedAfter(day.Age);
        }
        return cents > 0 ? conversions / cents : 1e-3;
    }

    /// <returns>What a conversion of each cell is worth, in cents.</returns>
    internal static double[] Worths(IReadOnlyList<CellHistory> cells)
    {
        var value = cells.Sum(c => (double)(c.Value ?? 0));
        var conversions = cells.Sum(c => (double)c.ValuedConversions);
        if (value <= 0 || conversions <= 0)
            return [.. cells.Select(_ => 100.0)];
        var common = value / conversions;
        return [.. cells.Select(c => 100 * ((double)(c.Value ?? 0) + PriorValued * common) / (c.ValuedConversions + PriorValued))];
    }

    /// <returns>Pearson's chi-square a degree of freedom over the days of all cells; at least 1.</returns>
    private static double Dispersion(IReadOnlyList<CurveBelief> beliefs, LearningRules rules)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var belief in beliefs)
        foreach (var day in belief.History.Days.Where(d => d.Spend > 0))
        {
            var expected = belief.Return(100 * (double)day.Spend) / belief.Worth * rules.ReportedAfter(day.Age);
            // Expected counts far below one say nothing about scatter.
            if (expected < 0.5)
                continue;
            var weight = Weight(day, rules);
            sum += weight * (day.Conversions - expected) * (day.Conversions - expected) / expected;
            weights += weight;
        }
        // Three parameters a cell.
        return weights > 3 * beliefs.Count ? Math.Max(1, sum / (weights - 3 * beliefs.Count)) : 1;
    }
}
