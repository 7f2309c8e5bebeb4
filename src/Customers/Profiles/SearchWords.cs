using System.Text;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>
/// What somebody types into the search field, as conditions on <see cref="SearchText"/>: every word must be there, three letters or more
/// anywhere, one or two at the beginning of a word. No I/O.
/// </summary>
/// <param name="Pieces">What <c>search_pieces</c> must contain: the index finds candidates by them.</param>
/// <param name="Anywhere">LIKE patterns that candidates must match.</param>
internal sealed record SearchWords(string[] Pieces, string[] Anywhere)
{
    /// <returns>Null where nothing is searched for.</returns>
    public static SearchWords? Read(string? typed)
    {
        var words = SearchText.Split(typed).Select(word => word.EnumerateRunes().ToArray()).ToArray();
        if (words.Length == 0)
            return null;
        var brief = words.Where(word => word.Length < SearchText.PieceLength && word.All(Rune.IsLetterOrDigit)).ToArray();
        var other = words.Except(brief).ToArray();
        return new SearchWords(
            [.. other.SelectMany(PiecesOf).Concat(brief.Select(word => SearchText.BeginningOf(word))).Distinct()],
            [.. other.Select(word => $"%{Escape(SearchText.Join(word))}%")]
        );
    }

    private static IEnumerable<string> PiecesOf(Rune[] word) =>
        Enumerable
            .Range(0, Math.Max(0, word.Length - SearchText.PieceLength + 1))
            .Select(start => SearchText.Join(word.AsSpan(start, SearchText.PieceLength)));

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
}
