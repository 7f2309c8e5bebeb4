namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>A cell's day and all that was ever known of it.</summary>
/// <param name="AgeNow">Days from the day to the newest word of its feed: what it will be later is not known yet.</param>
internal sealed record DayVersions(int AgeNow, IReadOnlyList<(int Age, long Conversions)> Versions);

/// <summary>
/// How late conversions are reported: the part of a day's that is known after so many days.
/// </summary>
/// <remarks>
/// The chain-ladder estimator (Mack 1993, "Distribution-free calculation of the standard error of chain ladder reserve estimates"):
/// the growth from one age to the next is the sum over days old enough to have seen both, so that young days, of which the late
/// conversions are still to come, do not make reporting look complete; the part known at an age is the inverse of the growth still
/// ahead. One conversion that is never late is added to each age, so that a few do not speak for all. Days that were first reported at a
/// later age say nothing of the earlier ones. Corrections downwards count, but no age is more than complete.
/// </remarks>
internal static class ReportingDelay
{
    /// <summary>After so many days everything is taken as reported: ad platforms attribute at most 30 days back.</summary>
    public const int LongestAge = 30;

    /// <returns>Index is the age in days; ages beyond the list are complete. Empty where nothing was ever corrected.</returns>
    public static IReadOnlyList<double> Estimate(IEnumerable<DayVersions> days)
    {
        var (before, after) = (new double[LongestAge], new double[LongestAge]);
        foreach (var day in days.Where(d => d.Versions.Count > 0))
        {
            var versions = day.Versions.OrderBy(v => v.Age).ToArray();
            var known = 0;
            for (var age = Math.Max(0, versions[0].Age); age < Math.Min(LongestAge, day.AgeNow); age++)
            {
                while (known + 1 < versions.Length && versions[known + 1].Age <= age)
                    known++;
                var next = known;
                while (next + 1 < versions.Length && versions[next + 1].Age <= age + 1)
                    next++;
                before[age] += versions[known].Conversions;
                after[age] += versions[next].Conversions;
            }
        }
        var reported = new double[LongestAge];
        var complete = 1.0;
        for (var age = LongestAge - 1; age >= 0; age--)
        {
            complete *= (before[age] + 1) / (after[age] + 1);
            reported[age] = Math.Min(1, complete);
        }
        var length = LongestAge;
        while (length > 0 && reported[length - 1] >= 1)
            length--;
        return reported[..length];
    }

    /// <returns>The same by age before a day that lies <paramref name="daysAhead"/> days ahead of today: today's row is that much older there.</returns>
    public static IReadOnlyList<double> AsSeenFrom(int daysAhead, IReadOnlyList<double> reported) =>
        reported.Count == 0 ? reported : [.. Enumerable.Repeat(reported[0], Math.Max(0, daysAhead)), .. reported];
}
