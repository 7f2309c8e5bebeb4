using System.Globalization;
using System.Text;
using Lucene.Net.Tartarus.Snowball.Ext;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Entities;

namespace MarketingPlatform.Chatbot.Catalogue;

/// <summary>
/// The words of the catalogue's names and categories, and which of them somebody means who wrote another: a typing error ("choclate"), or the same word in
/// a neighbouring language ("Schokolade", "Keramik"). Words are compared as they sound in the languages of Europe: without accents and doubled
/// letters, k, ck, z and a last que as c, ph as f, sch as ch, y as i.
/// </summary>
internal sealed class CatalogueWords
{
    public static readonly CatalogueWords None = new([]);

    // A shorter word is one letter away from too many others: a chair is no chai.
    private const int LeastForOne = 6;
    private const int LeastForTwo = 9;

    private readonly HashSet<string> stems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Word, int Count)> bySound = new(StringComparer.Ordinal);

    /// <param name="names">Of products and categories.</param>
    public CatalogueWords(IEnumerable<string> names)
    {
        var stemmer = new EnglishStemmer();
        foreach (var word in names.SelectMany(Wording.Words).Where(word => !word.Any(char.IsDigit)))
        {
            stems.Add(Stem(word, stemmer));
            var sound = Sound(word);
            bySound[sound] = bySound.TryGetValue(sound, out var known) ? (known.Word, known.Count + 1) : (word, 1);
        }
    }

    /// <param name="word">In lower case.</param>
    /// <returns>The word of the catalogue that is meant; null where the catalogue has the word itself, or none like it.</returns>
    public string? Like(string word)
    {
        if (word.Length < LeastForOne || word.Any(char.IsDigit) || stems.Contains(Stem(word, new EnglishStemmer())))
            return null;
        var sound = Sound(word);
        var limit = word.Length >= LeastForTwo ? 2 : 1;
        return bySound
            .Where(known => known.Value.Word.Length >= LeastForOne - 1 && known.Key[0] == sound[0])
            .Select(known => (known.Value.Word, known.Value.Count, Edits: CatalogueNames.Distance(known.Key, sound, limit)))
            .Where(near => near.Edits <= limit)
            .OrderBy(near => near.Edits)
            .ThenByDescending(near => near.Count)
            .ThenBy(near => near.Word, StringComparer.Ordinal)
            .Select(near => near.Word)
            .FirstOrDefault();
    }

    internal static string Sound(string word)
    {
        var plain = new StringBuilder();
        word = word.EndsWith("que", StringComparison.Ordinal) ? word[..^3] + "c" : word;
        foreach (var letter in word.Normalize(NormalizationForm.FormD))
            if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
                plain.Append(letter);
        plain
            .Replace("ß", "s")
            .Replace("sch", "ch")
            .Replace("ph", "f")
            .Replace("ck", "c")
            .Replace('k', 'c')
            .Replace('z', 'c')
            .Replace('y', 'i');
        var sound = new StringBuilder();
        foreach (var letter in plain.ToString())
            if (sound.Length == 0 || sound[^1] != letter)
                sound.Append(letter);
        return sound.Length > 3 && sound[^1] == 's' ? sound.ToString(0, sound.Length - 1) : sound.ToString();
    }

    // As PostgreSQL's english configuration stems what is searched.
    private static string Stem(string word, EnglishStemmer stemmer)
    {
        stemmer.SetCurrent(word);
        stemmer.Stem();
        return stemmer.Current;
    }
}
