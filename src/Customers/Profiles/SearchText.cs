using System.Text;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>What a customer is found by: the text, and its pieces of three letters, which the index holds. No I/O.</summary>
internal sealed record SearchText(string Text, IReadOnlyCollection<string> Pieces)
{
    internal const int PieceLength = 3;

    public static SearchText Of(params ReadOnlySpan<string?> names)
    {
        var text = new StringBuilder();
        foreach (var name in names)
        foreach (var word in Split(name))
            text.Append(text.Length == 0 ? "" : " ").Append(word);
        var whole = text.ToString();
        return new SearchText(whole, PiecesOf(whole));
    }

    /// <summary>Words in lower case, parted by white space or by what cannot be seen.</summary>
    internal static IEnumerable<string> Split(string? text) =>
        new string([.. (text ?? "").Select(c => char.IsControl(c) ? ' ' : c)])
            .ToLowerInvariant()
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A word's first one and two letters, as pieces that no text has: they begin with blanks.</summary>
    internal static string BeginningOf(ReadOnlySpan<Rune> letters) => new string(' ', PieceLength - letters.Length) + Join(letters);

    internal static string Join(ReadOnlySpan<Rune> letters)
    {
        var text = new StringBuilder(letters.Length);
        foreach (var letter in letters)
            text.Append(letter);
        return text.ToString();
    }

    private static HashSet<string> PiecesOf(string text)
    {
        var letters = text.EnumerateRunes().ToArray();
        var pieces = new HashSet<string>();
        for (var i = 0; i < letters.Length; i++)
        {
            if (i + PieceLength <= letters.Length)
                pieces.Add(Join(letters.AsSpan(i, PieceLength)));
            if (Parts(letters[i]) || (i > 0 && !Parts(letters[i - 1])))
                continue;
            pieces.Add(BeginningOf(letters.AsSpan(i, 1)));
            if (i + 1 < letters.Length)
                pieces.Add(BeginningOf(letters.AsSpan(i, 2)));
        }
        return pieces;
    }

    private static bool Parts(Rune letter) => Rune.IsWhiteSpace(letter) || Rune.IsPunctuation(letter) || Rune.IsSymbol(letter);
}
