using System.Globalization;
using System.Text;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>The <c>date</c> filter: a time, the seconds since 1970 or a text that reads as a time, in a format of strftime; UTC.</summary>
internal static class LiquidDate
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <returns>The input as it is where it is no time or no format is given.</returns>
    public static object? Format(object? input, string format) =>
        input is null or LiquidVoid ? ""
        : format.Length == 0 || Read(input) is not { } time ? input
        : Format(time, format);

    private static DateTimeOffset? Read(object input)
    {
        switch (input)
        {
            case DateTime time:
                return new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));
            case DateTimeOffset time:
                return time;
            case int or long when Convert.ToInt64(input, Culture) is > -62_000_000_000 and < 250_000_000_000 and var seconds:
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
            case string text when text.Length > 0 && text.All(char.IsAsciiDigit):
                return long.TryParse(text, Culture, out var parsed) && parsed < 250_000_000_000
                    ? DateTimeOffset.FromUnixTimeSeconds(parsed)
                    : null;
            case string text when text.Any(char.IsAsciiDigit) && text.Trim() is not ['-', ..]:
                return DateTimeOffset.TryParse(text, Culture, DateTimeStyles.AssumeUniversal, out var time2) ? time2 : null;
            default:
                return null;
        }
    }

    internal static string Format(DateTimeOffset time, string format)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                result.Append(format[i]);
                continue;
            }
            var flag = format[i + 1] is '-' or '^' or '_' && i + 2 < format.Length ? format[++i] : '\0';
            var text = Directive(time, format[++i]);
            result.Append(
                flag switch
                {
                    '-' => text.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0",
                    '_' => text.TrimStart('0').PadLeft(text.Length),
                    '^' => text.ToUpperInvariant(),
                    _ => text,
                }
            );
        }
        return result.ToString();
    }

    private static string Directive(DateTimeOffset time, char directive) =>
        directive switch
        {
            'a' => time.ToString("ddd", Culture),
            'A' => time.ToString("dddd", Culture),
            'b' or 'h' => time.ToString("MMM", Culture),
            'B' => time.ToString("MMMM", Culture),
            'c' => time.ToString("ddd MMM ", Culture) + time.Day.ToString(Culture).PadLeft(2) + time.ToString(" HH:mm:ss yyyy", Culture),
            'C' => (time.Year / 100).ToString("00", Culture),
            'd' => time.ToString("dd", Culture),
            'D' or 'x' => time.ToString("MM/dd/yy", Culture),
            'e' => time.Day.ToString(Culture).PadLeft(2),
            'F' => time.ToString("yyyy-MM-dd", Culture),
            'H' => time.ToString("HH", Culture),
            'I' => time.ToString("hh", Culture),
            'j' => time.DayOfYear.ToString("000", Culture),
            'k' => time.Hour.ToString(Culture).PadLeft(2),
            'l' => time.ToString("%h", Culture).PadLeft(2),
            'L' => time.ToString("fff", Culture),
            'm' => time.ToString("MM", Culture),
            'M' => time.ToString("mm", Culture),
            'n' => "\n",
            'N' => time.ToString("fffffff", Culture) + "00",
            'p' => time.ToString("tt", Culture),
            'P' => time.ToString("tt", Culture).ToLowerInvariant(),
            'r' => time.ToString("hh:mm:ss tt", Culture),
            'R' => time.ToString("HH:mm", Culture),
            's' => time.ToUnixTimeSeconds().ToString(Culture),
            'S' => time.ToString("ss", Culture),
            't' => "\t",
            'T' or 'X' => time.ToString("HH:mm:ss", Culture),
            'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(Culture),
            'U' => ((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7).ToString("00", Culture),
            'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", Culture),
            'w' => ((int)time.DayOfWeek).ToString(Culture),
            'y' => time.ToString("yy", Culture),
            'Y' => time.ToString("yyyy", Culture),
            'z' => time.ToString("zzz", Culture).Replace(":", "", StringComparison.Ordinal),
            'Z' => time.Offset == TimeSpan.Zero ? "UTC" : time.ToString("zzz", Culture),
            '%' => "%",
            _ => "%" + directive,
        };
}
