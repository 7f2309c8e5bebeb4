using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using DotLiquid;
using static MarketingPlatform.Email.Templates.Liquid.LiquidValues;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>
/// The filters of texts. In an HTML template values come escaped, so a filter that looks at characters takes the escapes off, works, and
/// puts them on again: no filter can turn a customer's words into markup.
/// </summary>
internal static partial class LiquidTextFilters
{
    public static object Append(object? input, object? text) => Together(Text(input), Text(text));

    public static object Prepend(object? input, object? text) => Together(Text(text), Text(input));

    public static object Capitalize(Context context, object? input) =>
        Work(context, input, text => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant());

    public static object Upcase(Context context, object? input) => Work(context, input, text => text.ToUpperInvariant());

    public static object Downcase(Context context, object? input) => Work(context, input, text => text.ToLowerInvariant());

    public static object Escape(Context context, object? input) => IsHtml(context) ? EscapeOnce(input) : WebEncode(Text(input));

    public static object EscapeOnce(object? input) => Ampersand().Replace(WebEncode(Text(input)), "&$1");

    public static object Strip(object? input) => Text(input).Trim();

    public static object Lstrip(object? input) => Text(input).TrimStart();

    public static object Rstrip(object? input) => Text(input).TrimEnd();

    public static object StripHtml(object? input) => Tags().Replace(Blocks().Replace(Text(input), ""), "");

    public static object StripNewlines(object? input) => LineEnd().Replace(Text(input), "");

    public static object NewlineToBr(object? input) => LineEnd().Replace(Text(input), "<br />\n");

    public static object Replace(object? input, object? old, object? @new = null) => ReplaceAll(Text(input), Text(old), Text(@new));

    public static object Remove(object? input, object? old) => ReplaceAll(Text(input), Text(old), "");

    public static object ReplaceFirst(object? input, object? old, object? @new = null) =>
        ReplaceAt(Text(input), Text(old), Text(@new), last: false);

    public static object RemoveFirst(object? input, object? old) => ReplaceAt(Text(input), Text(old), "", last: false);

    public static object ReplaceLast(object? input, object? old, object? @new) => ReplaceAt(Text(input), Text(old), Text(@new), last: true);

    public static object RemoveLast(object? input, object? old) => ReplaceAt(Text(input), Text(old), "", last: true);

    public static object Slice(Context context, object? input, object? start, object? length = null)
    {
        var from = Whole(start, "slice's start");
        var count = length is null ? 1 : Whole(length, "slice's length");
        if (input is System.Collections.IEnumerable and not (string or System.Collections.IDictionary))
            return Part([.. ((System.Collections.IEnumerable)input).Cast<object?>()], from, count);
        return Work(context, input, text => new string([.. Part([.. text], from, count)]));
    }

    public static object Split(object? input, object? separator)
    {
        var text = Text(input);
        var by = Text(separator);
        if (text.Length == 0)
            return new List<object>();
        IEnumerable<string> parts = by switch
        {
            "" => text.Select(c => c.ToString()),
            " " => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            _ => text.Split(by),
        };
        var list = parts.Cast<object>().ToList();
        while (list.Count > 0 && list[^1] is "")
            list.RemoveAt(list.Count - 1);
        return list;
    }

    public static object Truncate(
        Context context,
        object? input,
        [Optional, DefaultParameterValue(50)] object? length,
        [Optional, DefaultParameterValue("...")] object? ellipsis
    ) => Work(context, input, text => Truncated(text, Whole(length, "truncate's length"), Text(ellipsis)));

    public static object Truncatewords(
        object? input,
        [Optional, DefaultParameterValue(15)] object? words,
        [Optional, DefaultParameterValue("...")] object? ellipsis
    ) => Words(Text(input), words, Text(ellipsis));

    public static object UrlEncode(Context context, object? input) =>
        Uri.EscapeDataString(Plain(context, input)).Replace("%20", "+", StringComparison.Ordinal);

    public static object UrlDecode(Context context, object? input) => Work(context, input, text => Decoded(WebUtility.UrlDecode(text)));

    public static object Base64Encode(Context context, object? input) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Plain(context, input)));

    public static object Base64Decode(Context context, object? input) =>
        Work(context, input, text => FromBase64(text, text.AsSpan().IndexOfAny("-_") < 0));

    public static object Base64UrlSafeEncode(Context context, object? input) =>
        ((string)Base64Encode(context, input)).Replace('+', '-').Replace('/', '_');

    public static object Base64UrlSafeDecode(Context context, object? input) =>
        Work(context, input, text => FromBase64(text.Replace('-', '+').Replace('_', '/'), text.AsSpan().IndexOfAny("+/") < 0));

    public static object? Date(object? input, object? format) => LiquidDate.Format(input, Text(format));

    public static object? Default(object? input, object? a = null, object? b = null, object? c = null)
    {
        // The named argument arrives behind the others, as its name and its value.
        var (fallback, keepsFalse) =
            a is "allow_false:" ? ((object?)"", IsTruthy(b))
            : b is "allow_false:" ? (a, IsTruthy(c))
            : (a ?? "", false);
        if (b is not (null or "allow_false:"))
            throw new LiquidFilterException("default takes one value, and allow_false.");
        var isMissing =
            input is null or LiquidVoid || (input is false && !keepsFalse) || (input is not false && LiquidVoid.Empty.Matches(input));
        return isMissing ? fallback : input;
    }

    internal static bool IsHtml(Context context) => context.Registers["html"] is true;

    private static string Plain(Context context, object? input) => IsHtml(context) ? WebUtility.HtmlDecode(Text(input)) : Text(input);

    private static string Work(Context context, object? input, Func<string, string> work) =>
        IsHtml(context) ? LiquidSandbox.Encode(work(WebUtility.HtmlDecode(Text(input)))) : work(Text(input));

    private static string WebEncode(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal);

    // An empty text is found before every character and at the end, as the reference implementation has it.
    private static string ReplaceAll(string text, string old, string @new)
    {
        var times =
            old.Length == 0 ? text.Length + 1L
            : @new.Length > old.Length ? text.Split(old).Length - 1L
            : 0;
        Guard(text.Length + times * Math.Max(0, @new.Length - old.Length));
        if (old.Length > 0)
            return text.Replace(old, @new, StringComparison.Ordinal);
        var result = new StringBuilder(@new);
        foreach (var c in text)
            result.Append(c).Append(@new);
        return result.ToString();
    }

    private static string Together(string first, string second)
    {
        Guard((long)first.Length + second.Length);
        return first + second;
    }

    private static string ReplaceAt(string text, string old, string @new, bool last)
    {
        var at = last ? text.LastIndexOf(old, StringComparison.Ordinal) : text.IndexOf(old, StringComparison.Ordinal);
        return at < 0 ? text : string.Concat(text.AsSpan(0, at), @new, text.AsSpan(at + old.Length));
    }

    private static List<T> Part<T>(List<T> items, int start, int count)
    {
        var from = start < 0 ? items.Count + start : start;
        return from < 0 || from > items.Count || count <= 0 ? [] : items.GetRange(from, Math.Min(count, items.Count - from));
    }

    private static string Truncated(string text, int length, string ellipsis)
    {
        if (text.Length <= length)
            return text;
        var kept = Math.Max(0, length - ellipsis.Length);
        // Half of a pair of surrogates is no character.
        if (kept > 0 && char.IsHighSurrogate(text[kept - 1]))
            kept--;
        return text[..kept] + ellipsis;
    }

    private static string Words(string text, object? words, string ellipsis)
    {
        var count = Math.Max(1, Whole(words, "truncatewords' number"));
        var all = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return all.Length <= count ? text : string.Join(' ', all.Take(count)) + ellipsis;
    }

    private static string FromBase64(string text, bool isAlphabet)
    {
        try
        {
            var padded = text.TrimEnd('=');
            return isAlphabet
                ? Decoded(Encoding.UTF8.GetString(Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '='))))
                : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new LiquidFilterException("What is to be decoded is not Base64.");
        }
    }

    private static string Decoded(string text) =>
        text.Contains('\uFFFD', StringComparison.Ordinal) ? throw new LiquidFilterException("What was decoded is no text.") : text;

    [GeneratedRegex("&amp;([a-zA-Z]+;|#[0-9]+;|#x[0-9a-fA-F]+;)")]
    private static partial Regex Ampersand();

    [GeneratedRegex("<script.*?</script>|<!--.*?-->|<style.*?</style>", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("<.*?>", RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex("\r?\n")]
    private static partial Regex LineEnd();
}
