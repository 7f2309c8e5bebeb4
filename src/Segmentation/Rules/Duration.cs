using System.Globalization;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>How long a window is: <c>90d</c>, <c>12h</c>, <c>30min</c>. A day is 24 hours.</summary>
internal static class Duration
{
    private static readonly (string Unit, TimeSpan One)[] Units =
    [
        ("w", TimeSpan.FromDays(7)),
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("min", TimeSpan.FromMinutes(1)),
    ];

    public static TimeSpan? Parse(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (digits is 0 or > 7)
            return null;
        var number = int.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture);
        foreach (var (unit, one) in Units)
            if (text.AsSpan(digits).SequenceEqual(unit))
                return one * number;
        return null;
    }

    /// <summary>The unit that a word means; the word itself where it means none.</summary>
    public static string UnitOf(string word) =>
        word.ToUpperInvariant() switch
        {
            "WEEK" or "WEEKS" => "w",
            "DAY" or "DAYS" => "d",
            "HOUR" or "HOURS" => "h",
            "MINUTE" or "MINUTES" or "MINS" => "min",
            _ => word,
        };

    /// <summary>In the largest unit that leaves no rest; weeks are read and written as days.</summary>
    public static string Print(TimeSpan duration)
    {
        var (unit, one) = Units.Skip(1).First(u => duration.Ticks % u.One.Ticks == 0);
        return FormattableString.Invariant($"{duration.Ticks / one.Ticks}{unit}");
    }
}
