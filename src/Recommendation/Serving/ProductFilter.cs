using System.Globalization;
using MarketingPlatform.Recommendation.Catalogue;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>A filter that cannot be read; the message says what to do.</summary>
internal sealed class BadFilterException(string message) : Exception(message);

/// <summary>
/// Which products may be answered, in a line: <c>category:Tea|Coffee,!brand:Leaf,price:10..50,attribute.color:green,id:T1|T2</c>. Commas mean
/// and, bars mean or, an exclamation mark means not; a value with either in it stands in double quotes. Text is compared without case. No I/O.
/// </summary>
internal sealed class ProductFilter
{
    private const int LongestText = 1_000;
    private readonly IReadOnlyList<Func<ShelfProduct, bool>> conditions;

    private ProductFilter(IReadOnlyList<Func<ShelfProduct, bool>> conditions) => this.conditions = conditions;

    public bool Matches(ShelfProduct product)
    {
        foreach (var condition in conditions)
        {
            if (!condition(product))
            {
                return false;
            }
        }
        return true;
    }

    /// <returns>Null for an empty text: every product.</returns>
    /// <exception cref="BadFilterException">It cannot be read.</exception>
    public static ProductFilter? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }
        return text.Length > LongestText
            ? throw new BadFilterException($"Write a filter of at most {LongestText} characters.")
            : new ProductFilter([.. Split(text, ',').Select(Condition)]);
    }

    private static Func<ShelfProduct, bool> Condition(string text)
    {
        var condition = text.Trim();
        var not = condition.StartsWith('!');
        var colon = condition.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1)
        {
            throw new BadFilterException($"'{condition}' is no condition: write field:value, for instance category:Tea.");
        }
        var field = condition[(not ? 1 : 0)..colon].Trim();
        var value = condition[(colon + 1)..].Trim();
        if (value.Length == 0)
        {
            throw new BadFilterException($"'{condition}' names no value: write {field}:value.");
        }
        var test = Test(field, value);
        return not ? product => !test(product) : test;
    }

    private static Func<ShelfProduct, bool> Test(string field, string value)
    {
        if (field == "price")
        {
            var (least, most) = Range(value);
            return product => product.NowPrice is { } price && price >= least && price <= most;
        }
        var values = Split(value, '|').Select(Unquote).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return field switch
        {
            "id" => product => values.Contains(product.ProductId),
            "category" => product => Array.Exists(product.Categories, values.Contains) || (product.Category is { } c && values.Contains(c)),
            "brand" => product => product.Brand is { } brand && values.Contains(brand),
            "name" => product => values.Any(word => product.Name.Contains(word, StringComparison.OrdinalIgnoreCase)),
            _ when field.StartsWith("attribute.", StringComparison.Ordinal) => product =>
                product.Attribute(field[10..]) is { } found && values.Contains(found),
            _ => throw new BadFilterException(
                $"'{field}' is no field of a filter: use category, brand, price, id, name or attribute.NAME."
            ),
        };
    }

    private static (decimal Least, decimal Most) Range(string text)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        var (from, to) = dots < 0 ? (text, text) : (text[..dots], text[(dots + 2)..]);
        return (Number(from, 0), Number(to, decimal.MaxValue));

        decimal Number(string number, decimal missing) =>
            number.Length == 0 ? missing
            : decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value
            : throw new BadFilterException(
                $"'{text}' is no price range: write price:10..50, price:..50 or price:10.. with a decimal point."
            );
    }

    private static IEnumerable<string> Split(string text, char by)
    {
        var (start, quoted) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                quoted = !quoted;
            }
            else if (text[at] == by && !quoted)
            {
                yield return text[start..at];
                start = at + 1;
            }
        }
        yield return quoted ? throw new BadFilterException("A quote opens in the filter and does not close.") : text[start..];
    }

    private static string Unquote(string text) => text.Trim() is ['"', .., '"'] quoted ? quoted[1..^1] : text.Trim();
}
