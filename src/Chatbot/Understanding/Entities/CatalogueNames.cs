using System.Text.RegularExpressions;

namespace MarketingPlatform.Chatbot.Understanding.Entities;

/// <summary>
/// The names of products and categories, looked up with typing errors: each word of a name may differ by one edit (insert, delete, replace,
/// swap of neighbours) from the word written, from eight letters on, but for the first word, by two; words of up to three letters not at all. All words of a
/// name must stand beside each other; where names overlap the longest wins. Found by the names' first words, so the size of the catalogue costs little.
/// </summary>
internal sealed partial class CatalogueNames
{
    public static readonly CatalogueNames None = new([], []);

    private const int LeastForOne = 4;
    private const int LeastForTwo = 8;

    private readonly Dictionary<string, List<Name>> byFirst = new(StringComparer.Ordinal);

    /// <summary>First words by each way to leave out one letter: two words one edit apart share one of these.</summary>
    private readonly Dictionary<string, HashSet<string>> near = new(StringComparer.Ordinal);

    public CatalogueNames(IEnumerable<(string Id, string Name)> products, IEnumerable<string> categories)
    {
        foreach (var category in categories)
            Add(EntityKind.Category, category, category);
        foreach (var (id, name) in products)
            Add(EntityKind.Product, id, name);
    }

    /// <summary>In the order of their length, longest first; they may overlap with what others find, not with each other.</summary>
    public IReadOnlyList<Entity> Find(string text)
    {
        var words = WordPattern().Matches(text).Select(m => (Word: Fold(m.Value), m.Index, End: m.Index + m.Length)).ToArray();
        List<(int Words, Entity Entity)> found = [];
        for (var at = 0; at < words.Length; at++)
            foreach (var name in Candidates(words[at].Word))
                if (at + name.Words.Length <= words.Length && Matches(name, words.AsSpan(at, name.Words.Length)))
                {
                    var (start, end) = (words[at].Index, words[at + name.Words.Length - 1].End);
                    found.Add((name.Words.Length, new Entity(name.Kind, text[start..end], start, name.Value, name.Text)));
                }
        List<Entity> kept = [];
        foreach (var (_, entity) in found.OrderByDescending(f => f.Words).ThenBy(f => f.Entity.Start).ThenBy(f => f.Entity.Kind))
            if (kept.TrueForAll(k => entity.Start >= k.Start + k.Text.Length || k.Start >= entity.Start + entity.Text.Length))
                kept.Add(entity);
        return kept;
    }

    private void Add(EntityKind kind, string value, string text)
    {
        var words = WordPattern().Matches(text).Select(m => Fold(m.Value)).ToArray();
        if (words.Length == 0)
            return;
        if (!byFirst.TryGetValue(words[0], out var names))
        {
            byFirst[words[0]] = names = [];
            foreach (var key in Keys(words[0]))
                (near.TryGetValue(key, out var firsts) ? firsts : near[key] = new(StringComparer.Ordinal)).Add(words[0]);
        }
        names.Add(new Name(kind, value, text, words));
    }

    private IEnumerable<Name> Candidates(string word) =>
        Keys(word).SelectMany(key => near.TryGetValue(key, out var firsts) ? firsts : []).Distinct().SelectMany(first => byFirst[first]);

    private static IEnumerable<string> Keys(string word) =>
        word.Length < LeastForOne ? [word] : Enumerable.Range(0, word.Length).Select(i => word.Remove(i, 1)).Append(word);

    private static bool Matches(Name name, ReadOnlySpan<(string Word, int Index, int End)> written)
    {
        for (var i = 0; i < written.Length; i++)
        {
            var wanted = name.Words[i];
            var allowed =
                wanted.Length >= LeastForTwo ? 2
                : wanted.Length >= LeastForOne ? 1
                : 0;
            if (Distance(wanted, written[i].Word, allowed) > allowed)
                return false;
        }
        return true;
    }

    /// <summary>Edits between two words (optimal string alignment); any number above <paramref name="limit"/> where they are further apart.</summary>
    internal static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
            return limit + 1;
        if (a == b)
            return 0;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        for (var j = 0; j <= b.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                rows[i, j] = i + j;
                continue;
            }
            rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
        }
        return rows[a.Length, b.Length];
    }

    // A plural is the same name.
    private static string Fold(string word)
    {
        var lower = word.ToLowerInvariant();
        return lower.Length >= LeastForOne && lower.EndsWith('s') && !lower.EndsWith("ss", StringComparison.Ordinal) ? lower[..^1] : lower;
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}]+", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();

    private sealed record Name(EntityKind Kind, string Value, string Text, string[] Words);
}
