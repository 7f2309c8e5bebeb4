using System.Collections;
using System.Globalization;
using System.Text;
using DotLiquid;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>What Liquid's reserved words <c>blank</c> and <c>empty</c> stand for: they print as nothing and equal what is blank or empty.</summary>
internal sealed class LiquidVoid(bool isBlank) : ILiquidizable
{
    public static readonly LiquidVoid Blank = new(true);
    public static readonly LiquidVoid Empty = new(false);

    public object ToLiquid() => this;

    public bool Matches(object? value) =>
        value switch
        {
            LiquidVoid other => ReferenceEquals(this, other),
            null or false => isBlank,
            string text => isBlank ? string.IsNullOrWhiteSpace(text) : text.Length == 0,
            IDictionary map => map.Count == 0,
            IEnumerable list => !list.Cast<object>().Any(),
            _ => false,
        };
}

/// <summary>How Liquid reads, compares and prints values.</summary>
internal static class LiquidValues
{
    public static string Text(object? value) =>
        value switch
        {
            null or LiquidVoid => "",
            string text => text,
            true => "true",
            false => "false",
            float or double => Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            decimal number => Number(number),
            IDictionary map => Inspect(map),
            KeyValuePair<string, object> pair => pair.Key + Text(pair.Value),
            IEnumerable list => Join(list.Cast<object?>(), ""),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => "",
        };

    /// <summary>A whole number with one decimal, so that it reads as the fraction it is: 5.0.</summary>
    private static string Number(decimal number)
    {
        var text = number.ToString("0.0###########################", CultureInfo.InvariantCulture);
        return text;
    }

    private static string Number(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.All(c => char.IsAsciiDigit(c) || c == '-') ? text + ".0" : text;
    }

    // As the reference implementation prints a hash.
    private static string Inspect(object? value) =>
        value switch
        {
            null => "nil",
            string text => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
            IDictionary map => "{"
                + string.Join(
                    ", ",
                    map.Cast<object>().Select(entry => Pair(entry) is var (key, item) ? $"{Inspect(key)}=>{Inspect(item)}" : "")
                )
                + "}",
            IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Inspect)) + "]",
            _ => Text(value),
        };

    public static (object? Key, object? Value) Pair(object entry) =>
        entry switch
        {
            DictionaryEntry e => (e.Key, e.Value),
            KeyValuePair<string, object> e => (e.Key, e.Value),
            _ => (null, entry),
        };

    /// <returns>The number that a value is or, as text, begins with; 0 for anything else.</returns>
    public static object Number(object? value) =>
        value switch
        {
            byte or short or int or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            float or double => Decimal(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            decimal number => number,
            string text => Parse(text),
            _ => 0L,
        };

    private static object Decimal(double value) => Math.Abs(value) < 7.9e27 ? (decimal)value : value;

    private static object Parse(string text)
    {
        var trimmed = text.Trim();
        var length = trimmed.Length > 0 && trimmed[0] is '-' or '+' ? 1 : 0;
        while (length < trimmed.Length && char.IsAsciiDigit(trimmed[length]))
            length++;
        var whole = length;
        if (length + 1 < trimmed.Length && trimmed[length] == '.' && char.IsAsciiDigit(trimmed[length + 1]))
        {
            length++;
            while (length < trimmed.Length && char.IsAsciiDigit(trimmed[length]))
                length++;
        }
        var number = trimmed.AsSpan(0, length);
        if (length == whole)
            return long.TryParse(number, CultureInfo.InvariantCulture, out var integer) ? integer : 0L;
        return decimal.TryParse(number, NumberStyles.Number, CultureInfo.InvariantCulture, out var fraction) ? fraction : 0L;
    }

    public static bool IsNumber(object? value) => value is byte or short or int or long or float or double or decimal;

    /// <exception cref="LiquidFilterException">The value is no whole number.</exception>
    public static int Whole(object? value, string what) =>
        value switch
        {
            byte
            or short
            or int
            or long when Convert.ToInt64(value, CultureInfo.InvariantCulture) is >= int.MinValue and <= int.MaxValue and var n => (int)n,
            string text when int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) => n,
            _ => throw new LiquidFilterException($"{what} must be a whole number; '{Text(value)}' is none."),
        };

    public static new bool Equals(object? left, object? right)
    {
        if (left is LiquidVoid first)
            return first.Matches(right);
        if (right is LiquidVoid second)
            return second.Matches(left);
        if (left is null || right is null)
            return left is null && right is null;
        if (IsNumber(left) && IsNumber(right))
            return Order(Number(left), Number(right)) == 0;
        return (left, right) switch
        {
            (string a, string b) => a == b,
            (bool a, bool b) => a == b,
            (string, _) or (_, string) or (bool, _) or (_, bool) => false,
            (IDictionary a, IDictionary b) => a.Count == b.Count
                && a.Keys.Cast<object>().All(key => b.Contains(key) && Equals(a[key], b[key])),
            (IDictionary, _) or (_, IDictionary) => false,
            (IEnumerable a, IEnumerable b) => EqualLists([.. a.Cast<object?>()], [.. b.Cast<object?>()]),
            _ => left.Equals(right),
        };
    }

    private static bool EqualLists(object?[] left, object?[] right) =>
        left.Length == right.Length && left.Zip(right).All(pair => Equals(pair.First, pair.Second));

    /// <returns>Below, at or above 0; null where the two cannot be compared.</returns>
    public static int? Compare(object? left, object? right) =>
        (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            _ when IsNumber(left) && IsNumber(right) => Order(Number(left), Number(right)),
            _ => null,
        };

    private static int Order(object left, object right) =>
        left is long a && right is long b
            ? a.CompareTo(b)
            : Convert.ToDouble(left, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(right, CultureInfo.InvariantCulture));

    /// <exception cref="LiquidFilterException">The two cannot be compared.</exception>
    public static bool Compares(object? left, object? right, Func<int, bool> holds)
    {
        if (left is null or bool or LiquidVoid || right is null or bool or LiquidVoid)
            return false;
        return Compare(left, right) is { } order
            ? holds(order)
            : throw new LiquidFilterException($"'{Text(left)}' cannot be compared with '{Text(right)}'.");
    }

    public static bool Contains(object? left, object? right) =>
        (left, right) switch
        {
            (null, _) or (_, null) or (LiquidVoid, _) => false,
            (string text, _) => text.Contains(Text(right), StringComparison.Ordinal),
            (IDictionary map, string key) => map.Contains(key),
            (IDictionary, _) => false,
            (IEnumerable list, _) => list.Cast<object?>().Any(item => Equals(item, right)),
            _ => false,
        };

    public static bool IsTruthy(object? value) => value is not (null or false);

    /// <summary>What a filter for lists works on: nested lists flattened, a hash or a single value as a list of one.</summary>
    public static List<object?> List(object? value)
    {
        var list = new List<object?>();
        Flatten(value, list);
        return list;
    }

    private static void Flatten(object? value, List<object?> into)
    {
        if (value is null or LiquidVoid)
            return;
        if (value is IEnumerable items and not (string or IDictionary))
        {
            foreach (var item in items)
            {
                if (item is IEnumerable and not (string or IDictionary))
                    Flatten(item, into);
                else
                    into.Add(item);
            }
            return;
        }
        into.Add(value);
    }

    public static object? Property(object? item, object? key) =>
        item is IDictionary map && Text(key) is var name && map.Contains(name) ? map[name] : null;

    public static string Join(IEnumerable<object?> items, string separator)
    {
        var result = new StringBuilder();
        var isFirst = true;
        foreach (var item in items)
        {
            var text = Text(item);
            Guard((long)result.Length + separator.Length + text.Length);
            result.Append(isFirst ? "" : separator).Append(text);
            isFirst = false;
        }
        return result.ToString();
    }

    /// <summary>A text that doubles in every round of a loop would fill the memory before it reached the output.</summary>
    /// <exception cref="LiquidLimitException">A text of this length is not made.</exception>
    public static void Guard(long length)
    {
        if (length > LiquidSandbox.MaxCharacters)
            throw new LiquidLimitException($"a text passes {LiquidSandbox.MaxCharacters} characters");
    }
}

/// <summary>A filter or a comparison cannot do what it was asked; the message says why.</summary>
internal sealed class LiquidFilterException(string message) : Exception(message);
