using System.Globalization;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Sending.Timing;

namespace MarketingPlatform.Email.Automations.Execution;

/// <summary>When the date of a trait comes round for a customer.</summary>
internal static class Anniversary
{
    public const string Format = "yyyy-MM-dd";

    /// <summary>
    /// The last such moment that is not after <paramref name="now"/> but after <paramref name="since"/>. The 29th of February is kept on
    /// the 28th in years that have none.
    /// </summary>
    /// <returns>Null where there is none.</returns>
    public static (DateTimeOffset At, string Occasion)? Last(
        Trigger.OnDate trigger,
        string? date,
        TimeZoneInfo zone,
        DateTimeOffset since,
        DateTimeOffset now
    )
    {
        if (
            date is not { Length: >= 10 }
            || !DateOnly.TryParseExact(date[..10], Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        )
            return null;
        var year = TimeZoneInfo.ConvertTime(now, zone).Year;
        // Days before the new year belong to next year's day.
        foreach (var candidate in trigger.Yearly ? new[] { year + 1, year, year - 1 } : [day.Year])
        {
            if (candidate < day.Year || candidate > 9990)
                continue;
            var that = new DateOnly(candidate, day.Month, Math.Min(day.Day, DateTime.DaysInMonth(candidate, day.Month)));
            var at = LocalTimes.ToInstant(that.AddDays(-trigger.DaysBefore).ToDateTime(trigger.At), zone);
            if (at <= now && at > since)
                return (at, trigger.Yearly ? candidate.ToString(CultureInfo.InvariantCulture) : date[..10]);
        }
        return null;
    }

    /// <summary>Month and day ("-12-24") that a stored date may end with to be due within a day of <paramref name="now"/>.</summary>
    public static string[] Candidates(Trigger.OnDate trigger, DateTimeOffset now) =>
        [
            .. Enumerable
                .Range(-2, 4)
                .Select(days => DateOnly.FromDateTime(now.UtcDateTime).AddDays(days + trigger.DaysBefore))
                .SelectMany(day =>
                    day is { Month: 2, Day: 28 } && !DateTime.IsLeapYear(day.Year)
                        ? new[] { "-02-28", "-02-29" }
                        : [day.ToString("-MM-dd", CultureInfo.InvariantCulture)]
                )
                .Distinct(),
        ];
}
