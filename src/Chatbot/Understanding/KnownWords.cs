using MarketingPlatform.Chatbot.Understanding.Entities;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>
/// Words that a language is known by: those of the examples in it, and those that hold its sentences together (<see cref="JoiningWords"/>).
/// </summary>
internal static class KnownWords
{
    private const int LeastForTypos = 4;
    private const int MaxJudged = 24;

    private static readonly Lazy<Dictionary<string, HashSet<string>>> Words = new(Load);

    private static readonly Lazy<ILookup<int, string>> ByLength = new(() =>
        Words.Value.Values.SelectMany(words => words).Distinct().ToLookup(word => word.Length)
    );

    /// <param name="words">In lower case.</param>
    /// <param name="language">ISO 639-1.</param>
    public static int Count(IEnumerable<string> words, string language) =>
        Words.Value.TryGetValue(language, out var known) ? words.Count(known.Contains) : 0;

    /// <summary>Whether at least half of the words are of any language known here, one typing error forgiven; numbers say nothing either way.</summary>
    public static bool AreMost(IReadOnlyList<string> words)
    {
        var judged = words.Where(word => !word.Any(char.IsDigit)).Take(MaxJudged).ToArray();
        return judged.Length == 0 || judged.Count(Holds) * 2 >= judged.Length;
    }

    private static bool Holds(string word) =>
        ByLength.Value[word.Length].Contains(word)
        || (
            word.Length >= LeastForTypos
            && Enumerable
                .Range(word.Length - 1, 3)
                .SelectMany(length => ByLength.Value[length])
                .Any(known => CatalogueNames.Distance(known, word, 1) <= 1)
        );

    private static Dictionary<string, HashSet<string>> Load()
    {
        var known = JoiningWords.ByLanguage.ToDictionary(list => list.Key, list => list.Value.ToHashSet(), StringComparer.Ordinal);
        foreach (var (language, examples) in TrainingData.ByLanguage())
        {
            // Out of scope is also where examples of noise stand.
            known[language].UnionWith(examples.Where(e => e.Intent != Intents.OutOfScope).SelectMany(e => Wording.Words(e.Text)));
        }
        return known;
    }
}
