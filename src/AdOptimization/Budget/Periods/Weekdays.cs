using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary>How much more or less the same spend brings on some days of the week.</summary>
/// <remarks>
/// Conversions of each weekday by those that the cells' curves expect of their spend; pulled together by how much of the differences is
/// chance (random-effects variance of DerSimonian and Laird, "Meta-analysis in clinical trials", 1986), and taken for chance altogether
/// unless Cochran's Q is beyond its 99 % point. Days count less with age, as wherever a budget is learnt.
/// </remarks>
internal static class Weekdays
{
    private const int DaysOfAWeek = 7;
    private const double Confidence = 0.99;

    public static readonly IReadOnlyList<double> Even = [.. Enumerable.Repeat(1.0, DaysOfAWeek)];

    /// <param name="date">The day that the ages of the cells' days are counted from.</param>
    /// <returns>By day of the week, Sunday first; their mean is 1, and all are 1 where nothing is known.</returns>
    public static IReadOnlyList<double> Learn(IReadOnlyList<CurveBelief> beliefs, DateOnly date, LearningRules rules)
    {
        List<(int Weekday, double Weight, double Expected, double Conversions)> days = [];
        foreach (var belief in beliefs)
        foreach (var day in belief.History.Days.Where(d => d.Spend > 0))
            days.Add(
                (
                    (int)date.AddDays(-day.Age).DayOfWeek,
                    Math.Pow(0.5, day.Age / rules.HalfLife),
                    belief.Return(100 * (double)day.Spend) / belief.Worth * rules.ReportedAfter(day.Age),
                    day.Conversions
                )
            );
        var expected = ByWeekday(d => d.Weight * d.Expected);
        var found = ByWeekday(d => d.Weight * d.Conversions);
        // A weekday that was never seen cannot be told from the others.
        if (expected.Any(e => e <= 0) || found.Sum() <= 0)
            return Even;
        double[] ratio = [.. found.Select((f, i) => f / expected[i])];
        var dispersion = Dispersion(days, ratio);
        var squares = ByWeekday(d => d.Weight * d.Weight * d.Expected);
        var level = found.Sum() / expected.Sum();
        double[] noise = [.. expected.Select((e, i) => dispersion * level * squares[i] / (e * e))];

        double[] precision = [.. noise.Select(v => 1 / v)];
        var mean = ratio.Select((r, i) => precision[i] * r).Sum() / precision.Sum();
        var q = ratio.Select((r, i) => precision[i] * (r - mean) * (r - mean)).Sum();
        if (ChiSquareDistribution.UpperTail(q, DaysOfAWeek - 1) > 1 - Confidence)
            return Even;
        var between = (q - (DaysOfAWeek - 1)) / (precision.Sum() - precision.Sum(p => p * p) / precision.Sum());
        double[] pulled = [.. ratio.Select((r, i) => mean + between / (between + noise[i]) * (r - mean))];
        return [.. pulled.Select(p => p / pulled.Average())];

        double[] ByWeekday(Func<(int Weekday, double Weight, double Expected, double Conversions), double> part)
        {
            var sums = new double[DaysOfAWeek];
            foreach (var day in days)
                sums[day.Weekday] += part(day);
            return sums;
        }
    }

    /// <returns>Pearson's chi-square a degree of freedom beside the weekdays' own levels; at least 1.</returns>
    private static double Dispersion(List<(int Weekday, double Weight, double Expected, double Conversions)> days, double[] ratio)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var day in days)
        {
            var expected = day.Expected * ratio[day.Weekday];
            // Expected counts far below one say nothing about scatter.
            if (expected < 0.5)
                continue;
            sum += day.Weight * (day.Conversions - expected) * (day.Conversions - expected) / expected;
            weights += day.Weight;
        }
        return weights > DaysOfAWeek ? Math.Max(1, sum / (weights - DaysOfAWeek)) : 1;
    }
}
