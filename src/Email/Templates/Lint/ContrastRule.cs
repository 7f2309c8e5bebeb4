using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace MarketingPlatform.Email.Templates.Lint;

/// <summary>Text must stand out from its ground: a contrast of 4.5 to 1, of 3 to 1 for large text (WCAG 2.2, 1.4.3, level AA).</summary>
internal static class ContrastRule
{
    private const double Least = 4.5;
    private const double LeastLarge = 3;

    public static IEnumerable<LintFinding> Check(IHtmlDocument page)
    {
        var seen = new HashSet<(string, string)>();
        foreach (var element in page.All.Where(HasOwnText))
        {
            var ink = Nearest(element, "color") ?? "#000000";
            var ground = NearestGround(element) ?? "#ffffff";
            if (Read(ink) is not { } front || Read(ground) is not { } back || !seen.Add((ink, ground)))
                continue;
            var contrast = Contrast(front, back);
            var least = IsLarge(element) ? LeastLarge : Least;
            if (contrast < least)
                yield return new(
                    "contrast",
                    "error",
                    $"{ink} on {ground} has a contrast of {contrast.ToString("0.0", CultureInfo.InvariantCulture)}; text needs {least.ToString(CultureInfo.InvariantCulture)}: choose a darker or a lighter colour."
                );
        }
    }

    /// <summary>From 1 (the same) to 21 (black on white).</summary>
    internal static double Contrast((int R, int G, int B) a, (int R, int G, int B) b)
    {
        var (x, y) = (Luminance(a), Luminance(b));
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    private static double Luminance((int R, int G, int B) c) => 0.2126 * Linear(c.R) + 0.7152 * Linear(c.G) + 0.0722 * Linear(c.B);

    private static double Linear(int channel)
    {
        var value = channel / 255d;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }

    private static bool HasOwnText(IElement element) =>
        element.ChildNodes.OfType<IText>().Any(text => !string.IsNullOrWhiteSpace(text.Data))
        && element.LocalName is not ("style" or "title" or "script")
        && !Up(element).Any(parent => InlineStyle.Get(parent, "display") == "none");

    private static string? Nearest(IElement element, string property) =>
        Up(element).Select(parent => InlineStyle.Get(parent, property)).FirstOrDefault(value => value is not null);

    private static string? NearestGround(IElement element) =>
        Up(element)
            .Select(parent =>
                InlineStyle.Get(parent, "background-color") ?? InlineStyle.Get(parent, "background") ?? parent.GetAttribute("bgcolor")
            )
            .FirstOrDefault(value => value is not null and not "transparent");

    private static bool IsLarge(IElement element)
    {
        var size =
            Nearest(element, "font-size") is { } text
            && text.EndsWith("px", StringComparison.Ordinal)
            && double.TryParse(text[..^2], CultureInfo.InvariantCulture, out var pixels)
                ? pixels
                : 16;
        var isBold = Nearest(element, "font-weight") is "bold" or "600" or "700" or "800" or "900";
        // 18 pt, or 14 pt and bold.
        return size >= 24 || (isBold && size >= 18.66);
    }

    private static IEnumerable<IElement> Up(IElement? element)
    {
        for (; element is not null; element = element.ParentElement)
            yield return element;
    }

    private static (int R, int G, int B)? Read(string colour)
    {
        var text = colour.Trim().ToLowerInvariant();
        if (text.StartsWith('#') && text.Length is 4)
            text = $"#{text[1]}{text[1]}{text[2]}{text[2]}{text[3]}{text[3]}";
        if (
            text.StartsWith('#')
            && text.Length == 7
            && int.TryParse(text.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var rgb)
        )
            return (rgb >> 16, (rgb >> 8) & 255, rgb & 255);
        if (
            text.StartsWith("rgb", StringComparison.Ordinal)
            && text.Split('(', ',', ' ', ')').Where(part => part.Length > 0).Skip(1).Take(3).ToArray() is { Length: 3 } parts
            && parts.All(part => int.TryParse(part, CultureInfo.InvariantCulture, out _))
        )
            return (
                int.Parse(parts[0], CultureInfo.InvariantCulture),
                int.Parse(parts[1], CultureInfo.InvariantCulture),
                int.Parse(parts[2], CultureInfo.InvariantCulture)
            );
        return text switch
        {
            "black" => (0, 0, 0),
            "white" => (255, 255, 255),
            "gray" or "grey" => (128, 128, 128),
            "lightgray" or "lightgrey" => (211, 211, 211),
            "red" => (255, 0, 0),
            "yellow" => (255, 255, 0),
            "blue" => (0, 0, 255),
            "green" => (0, 128, 0),
            _ => null,
        };
    }
}

/// <summary>Reads the style attribute of an element.</summary>
internal static class InlineStyle
{
    public static string? Get(IElement element, string property)
    {
        string? found = null;
        foreach (var declaration in (element.GetAttribute("style") ?? "").Split(';'))
            if (declaration.Split(':', 2) is [var name, var value] && name.Trim().Equals(property, StringComparison.OrdinalIgnoreCase))
                found = value.Replace("!important", "", StringComparison.OrdinalIgnoreCase).Trim();
        return found;
    }
}
