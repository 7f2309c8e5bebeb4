using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>Lengths of time as people write them: <c>45m</c>, <c>1d 12h</c>, <c>2w</c>.</summary>
internal static partial class Durations
{
    public const string Rule = "Give a length of time: a number with s, m, h, d or w (30m, 3d, 1d 12h), at most 1000d.";

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("w", TimeSpan.FromDays(7)),
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
    ];

    /// <returns>Null where it is none.</returns>
    public static TimeSpan? Parse(string? text)
    {
        if (text is null || !Whole().IsMatch(text))
            return null;
        var sum = 0.0;
        foreach (Match part in Part().Matches(text))
        {
            var amount = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            sum += amount * Units.First(unit => unit.Unit == part.Groups[2].Value).Length.TotalSeconds;
        }
        return sum > TimeSpan.FromDays(1000).TotalSeconds ? null : TimeSpan.FromSeconds(sum);
    }

    public static string Print(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        var text = new StringBuilder();
        foreach (var (unit, length) in Units)
        {
            // "14d" reads as well as "2w", and stands beside "10d".
            if (unit == "w")
                continue;
            var count = duration.Ticks / length.Ticks;
            duration -= length * count;
            if (count > 0)
                text.Append(text.Length > 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{count}{unit}");
        }
        return text.ToString();
    }

    [GeneratedRegex(@"^\s*(\d{1,6}\s*[wdhms]\s*)+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d+)\s*([wdhms])")]
    private static partial Regex Part();
}
