using System.Globalization;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.AdOptimization.Traffic;

/// <summary>Days asked about: both included; the last 28 before today unless said.</summary>
internal readonly record struct DayRange(DateOnly From, DateOnly To)
{
    private const int Most = 92;

    public static bool TryRead(string? from, string? to, DateOnly today, string? currency, out DayRange range, out List<FieldError> errors)
    {
        errors = [];
        var last = Day("to", to, today, errors);
        var first = Day("from", from, last.AddDays(-27), errors);
        if (errors.Count == 0 && (first > last || last.DayNumber - first.DayNumber >= Most))
            errors.Add(new("from", $"Give a day at or before 'to', at most {Most} days in all."));
        if (currency is not null && !PerformanceRules.IsCurrency(currency))
            errors.Add(new("currency", "Give an ISO 4217 code such as EUR."));
        range = new(first, last);
        return errors.Count == 0;
    }

    private static DateOnly Day(string field, string? text, DateOnly otherwise, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(text))
            return otherwise;
        if (
            DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 1999 and < 2200
        )
            return day;
        errors.Add(new(field, "Give a day as YYYY-MM-DD."));
        return otherwise;
    }
}
