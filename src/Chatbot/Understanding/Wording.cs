using System.Globalization;
using System.Text;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>
/// How a sentence looks to the classifier: lower case, compatibility forms folded, only letters, digits and apostrophes, one space
/// between words. Every word with a digit becomes the same word, so that one order number teaches what all mean.
/// Zero-width and control characters vanish; emoji and punctuation part words.
/// </summary>
internal static class Wording
{
    /// <summary>Stands for any word with a digit in it.</summary>
    public const string Number = "numberword";

    // Intent shows within a few sentences; a pasted page must not cost more than it says.
    private const int MaxWords = 200;
    private const int MaxWordLength = 40;
    private const int MaxRead = 20_000;

    /// <returns>Empty where the text has no word at all.</returns>
    public static string Normalise(string text) =>
        string.Join(
            ' ',
            Words(text)
                .Take(MaxWords)
                .Select(w =>
                    w.Any(char.IsDigit) ? Number
                    : w.Length > MaxWordLength ? w[..MaxWordLength]
                    : w
                )
        );

    /// <summary>The words in lower case, numbers as they were written.</summary>
    public static IReadOnlyList<string> Words(string text)
    {
        text = text.Length > MaxRead ? text[..MaxRead] : text;
        var kept = new StringBuilder(text.Length);
        foreach (var rune in Wellformed(text).Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            if (
                Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            )
            {
                kept.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (rune.Value is '\'' or '’')
            {
                kept.Append('\'');
            }
            else if (
                Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control)
                || rune.Value is '\n' or '\r' or '\t'
            )
            {
                kept.Append(' ');
            }
        }
        return kept.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(Expand).ToArray();
    }

    /// <summary>"I'm" and "I am" are the same two words.</summary>
    private static string[] Expand(string word)
    {
        var plain = word.Trim('\'');
        if (plain.EndsWith("n't", StringComparison.Ordinal))
        {
            return
            [
                plain is "can't" ? "can"
                : plain is "won't" ? "will"
                : plain[..^3],
                "not",
            ];
        }
        var mark = plain.LastIndexOf('\'');
        return mark > 0 && Endings.TryGetValue(plain[(mark + 1)..], out var ending)
            ? [plain[..mark], ending]
            : plain.Split('\'', StringSplitOptions.RemoveEmptyEntries);
    }

    private static readonly Dictionary<string, string> Endings = new(StringComparer.Ordinal)
    {
        ["m"] = "am",
        ["re"] = "are",
        ["s"] = "is",
        ["ve"] = "have",
        ["d"] = "would",
        ["ll"] = "will",
    };

    /// <summary>Half a surrogate pair cannot be normalised: it becomes U+FFFD.</summary>
    private static string Wellformed(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            whole.Append(rune.ToString());
        }
        return whole.ToString();
    }
}
