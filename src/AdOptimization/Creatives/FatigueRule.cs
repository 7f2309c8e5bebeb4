using System.Globalization;
using MarketingPlatform.Experimentation.Trends;

namespace MarketingPlatform.AdOptimization.Creatives;

/// <summary>Whether people have seen a creative too often.</summary>
/// <remarks>
/// The logarithm of its response follows how often a person had seen it before the day (all impressions until then by the most people
/// that a day reached; by impressions where reach is not known), see <see cref="RateTrend"/>. It is tired when the 90 % interval of the change
/// from the first to the last day is a fall and the change itself is one by a fifth or more. A fall of a whole market looks the same: the sentence
/// tells what was seen, not why.
/// </remarks>
internal static class FatigueRule
{
    public const int Days = 7;
    public const double Fall = 0.2;

    /// <param name="successes">Of the test's metric, counted.</param>
    public static Fatigue? Of(IReadOnlyList<CreativeDay> days, Func<CreativeDay, long> successes)
    {
        var shown = days.Where(d => d.Impressions > 0).OrderBy(d => d.Date).ToArray();
        if (shown.Length < Days)
            return null;
        var reach = shown.All(d => d.Reach is not null) ? (double?)shown.Max(d => d.Reach!.Value) : null;
        var people = reach ?? shown.Average(d => d.Impressions);
        var seen = 0.0;
        var counts = new List<CountedEvents>();
        foreach (var day in shown)
        {
            counts.Add(new(seen / people, day.Impressions, successes(day)));
            seen += day.Impressions;
        }
        if (RateTrend.Fit(counts) is not { } trend)
            return null;
        var change = trend.Change(0, counts[^1].Level);
        if (change.Estimate > -Fall || change.Upper >= 0)
            return null;
        var often = reach is null ? "as showings added up" : $"by the time a person had seen it {Number(seen / people)} times";
        return new(
            change.Estimate,
            change.Lower,
            change.Upper,
            reach is null ? null : seen / people,
            $"Tired: its response fell by {Percent(-change.Estimate)} (90 % interval {Percent(-change.Upper)} to {Percent(-change.Lower)}) {often}. Show these people something new."
        );
    }

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";
}
