using System.Text.RegularExpressions;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>
/// Which order a message speaks of. A number is believed only where it is one of the visitor's own orders; what merely looks like a number
/// tells that some order is meant, not which.
/// </summary>
/// <param name="OrderId">One of the visitor's own orders, as the shop writes it.</param>
/// <param name="NamesAnother">The message names an order that is none of the visitor's.</param>
/// <param name="Latest">"My last order".</param>
internal sealed partial record OrderMention(string? OrderId, bool NamesAnother, bool Latest)
{
    private const int LeastTail = 3;
    private const int MaxNumber = 100;

    /// <param name="own">Ids of the visitor's own orders; empty for a stranger.</param>
    public static OrderMention Read(string text, IReadOnlyList<string> own)
    {
        var words = WordPattern().Matches(text).Select(m => m.Value.TrimEnd('-', '/', '.', '_')).Where(w => w.Any(char.IsDigit)).ToArray();
        var mine =
            own.FirstOrDefault(id => words.Any(w => w.Equals(id, StringComparison.OrdinalIgnoreCase)))
            ?? own.Where(id => id.Length > 0 && Contains(text, id)).MaxBy(id => id.Length)
            ?? ByTail(words, own);
        return new OrderMention(mine, mine is null && NumberPattern().IsMatch(text), LatestPattern().IsMatch(text));
    }

    /// <summary>Whether there is nothing in the message but an order's number.</summary>
    public static bool IsOnlyNumber(string text) => text.Length <= MaxNumber && OnlyNumberPattern().IsMatch(text);

    /// <summary>People leave out what all numbers share: "1001" is SO-1001 and "12-1001" is A-12-1001, where no other of theirs ends so.</summary>
    private static string? ByTail(string[] words, IReadOnlyList<string> own)
    {
        var found = own.Where(id => words.Any(w => w.Length >= LeastTail && IsTail(w, id))).Take(2).ToArray();
        return found.Length == 1 ? found[0] : null;
    }

    private static bool IsTail(string word, string id) =>
        id.EndsWith(word, StringComparison.OrdinalIgnoreCase)
        && (id.Length == word.Length || id[^(word.Length + 1)] is '-' or '_' or '/' or '#' or ' ');

    private static bool Contains(string text, string id)
    {
        for (
            var at = text.IndexOf(id, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = text.IndexOf(id, at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            var end = at + id.Length;
            if (
                (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                && (end == text.Length || !char.IsLetterOrDigit(text[end]))
                && id.Any(char.IsDigit)
            )
            {
                return true;
            }
        }
        return false;
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}][\p{L}\p{Nd}_\-/.]*", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();

    // "#1001", "order number: 7", "SO-1001", "1001234"; not "2 weeks", not "2026".
    [GeneratedRegex(
        @"\#\s?[\p{L}\d]|\b(?:order|purchase|bestell(?:ung|nummer)|auftrag(?:snummer)?|commande|pedido|ordine|bestelling|encomenda|zamówieni[ea])\s*(?:number|nummer|numéro|número|numero|numer|no\b\.?|n[°º]|nr\b\.?|id)?\s*(?:is\b)?\s*[:\#]?\s*[\p{L}]*[-_/]?\d|\b\p{L}{1,12}[-_/]?\d{3,}|\b\d{5,}|\b\d{3,}-\p{L}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex NumberPattern();

    [GeneratedRegex(
        @"\b(?:last|latest|newest|most recent|previous|letzten?|neuesten?|dernière|derniere|último|ultimo|ultima|laatste|ostatnie)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex LatestPattern();

    [GeneratedRegex(
        @"^\s*(?:it\s+is|it'?s|order|number|no\.?|nr\.?|\#|:|\s)*[\p{L}\d_\-/]*\d[\p{L}\d_\-/]*[\s.!?]*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex OnlyNumberPattern();
}
