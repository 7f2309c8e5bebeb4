using System.Collections;
using System.Runtime.InteropServices;
using static MarketingPlatform.Email.Templates.Liquid.LiquidValues;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>The filters of lists. A property that is not named means the items themselves.</summary>
internal static class LiquidListFilters
{
    public static object? Join(object? input, [Optional, DefaultParameterValue(" ")] object? separator) =>
        LiquidValues.Join(List(input), Text(separator));

    public static object? First(object? input) =>
        input switch
        {
            string text => text.Length > 0 ? text[..1] : "",
            IDictionary map => map.Cast<object>().Select(AsPair).FirstOrDefault(),
            IEnumerable list => list.Cast<object?>().FirstOrDefault(),
            _ => null,
        };

    public static object? Last(object? input) =>
        input switch
        {
            string text => text.Length > 0 ? text[^1..] : "",
            IDictionary => null,
            IEnumerable list => list.Cast<object?>().LastOrDefault(),
            _ => null,
        };

    public static object Size(object? input) =>
        input switch
        {
            string text => text.Length,
            IDictionary map => map.Count,
            IEnumerable list => list.Cast<object?>().Count(),
            _ => 0,
        };

    public static object Reverse(object? input) => Enumerable.Reverse(List(input)).ToList();

    public static object Concat(object? input, object? other) =>
        other is IEnumerable more and not (string or IDictionary)
            ? Together(List(input), [.. more.Cast<object?>()])
            : throw new LiquidFilterException("concat needs a list to append.");

    public static object Compact(object? input, object? property = null) =>
        List(input).Where(item => (property is null ? item : Property(item, property)) is not null).ToList();

    public static object Uniq(object? input, object? property = null)
    {
        var result = new List<object?>();
        var seen = new List<object?>();
        foreach (var item in List(input))
        {
            var key = property is null ? item : Property(item, property);
            if (seen.Exists(known => LiquidValues.Equals(known, key)))
                continue;
            seen.Add(key);
            result.Add(item);
        }
        return result;
    }

    public static object Map(object? input, object? property) =>
        List(input)
            .Select(item =>
                item is IDictionary ? Property(item, property) : throw new LiquidFilterException("map needs a list of objects.")
            )
            .ToList();

    public static object? Sum(object? input, object? property = null)
    {
        object total = 0L;
        foreach (var item in List(input))
        {
            if (property is not null && item is not IDictionary)
                throw new LiquidFilterException("sum by a property needs a list of objects.");
            total = LiquidNumberFilters.Plus(total, property is null ? item : Property(item, property));
        }
        return total;
    }

    public static object Sort(object? input, object? property = null) =>
        Ordered(
            input,
            property,
            (a, b) =>
                Compare(a, b) ?? throw new LiquidFilterException($"'{Text(a)}' and '{Text(b)}' cannot be sorted: they differ in kind.")
        );

    public static object SortNatural(object? input, object? property = null) =>
        Ordered(input, property, (a, b) => string.Compare(Text(a), Text(b), StringComparison.OrdinalIgnoreCase));

    public static object Where(object? input, object? property, object? value = null) =>
        List(input).Where(item => item is IDictionary ? Matches(item, property, value) : throw NoObjects("where")).ToList();

    public static object Reject(object? input, object? property, object? value = null) =>
        property is null || Selectable(input) is not { } items
            ? new List<object?>()
            : items.Where(item => !Matches(item, property, value)).ToList();

    public static object? Find(object? input, object? property, object? value = null) =>
        Selectable(input)?.FirstOrDefault(item => Matches(item, property, value));

    public static object? FindIndex(object? input, object? property, object? value = null) =>
        Selectable(input)?.FindIndex(item => Matches(item, property, value)) is { } index and >= 0 ? index : null;

    public static object? Has(object? input, object? property, object? value = null) =>
        Selectable(input)?.Exists(item => Matches(item, property, value));

    // A list with holes (or with what has no properties) selects nothing.
    private static List<object?>? Selectable(object? input)
    {
        var items = List(input);
        return items.Exists(item => item is null or bool) ? null : items;
    }

    private static bool Matches(object? item, object? property, object? value) =>
        item switch
        {
            IDictionary when value is null => IsTruthy(Property(item, property)),
            IDictionary => LiquidValues.Equals(Property(item, property), value),
            string text when property is string part => text.Contains(part, StringComparison.Ordinal)
                && (value is null || value is string same && same == part),
            string when property is null => false,
            _ when IsNumber(item) && IsNumber(property) && value is null => LiquidValues.Equals(item, property),
            _ => throw NoObjects("The filter"),
        };

    private static LiquidFilterException NoObjects(string filter) => new($"{filter} needs a list of objects.");

    private static List<object?> Ordered(object? input, object? property, Comparison<object?> compare)
    {
        object? Key(object? item) => property is null ? item : Property(item, property);
        // Stable, and what has no value comes last.
        return
        [
            .. List(input)
                .Order(
                    Comparer<object?>.Create(
                        (a, b) =>
                            (Key(a), Key(b)) switch
                            {
                                (null, null) => 0,
                                (null, _) => 1,
                                (_, null) => -1,
                                var (x, y) => compare(x, y),
                            }
                    )
                ),
        ];
    }

    private static List<object?> Together(List<object?> first, List<object?> second)
    {
        Guard(first.Count + second.Count);
        return [.. first, .. second];
    }

    private static List<object?> AsPair(object entry) => Pair(entry) is var (key, value) ? [key, value] : [];
}
