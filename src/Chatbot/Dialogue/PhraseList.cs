using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>Phrases that are looked for anywhere in a message, word by word. A word with a star behind it stands for all that begin so: "billiger*".</summary>
internal sealed class PhraseList(IEnumerable<string> phrases)
{
    private readonly (string Word, bool Begins)[][] phrases = [.. phrases.Select(Read).Where(phrase => phrase.Length > 0)];

    /// <param name="words">As <see cref="Wording.Words"/> gives them.</param>
    /// <returns>How many words the longest phrase has that stands at this place; 0 where none does.</returns>
    public int At(IReadOnlyList<string> words, int place) =>
        phrases.Where(phrase => Stands(phrase, words, place)).Select(phrase => phrase.Length).DefaultIfEmpty().Max();

    /// <returns>The words without the phrases that stand among them; null where none does.</returns>
    public IReadOnlyList<string>? Without(IReadOnlyList<string> words)
    {
        List<string> rest = [];
        for (var place = 0; place < words.Count; )
        {
            var length = At(words, place);
            if (length == 0)
                rest.Add(words[place]);
            place += Math.Max(1, length);
        }
        return rest.Count < words.Count ? rest : null;
    }

    private static bool Stands((string Word, bool Begins)[] phrase, IReadOnlyList<string> words, int place)
    {
        if (place + phrase.Length > words.Count)
            return false;
        for (var i = 0; i < phrase.Length; i++)
        {
            var (word, begins) = phrase[i];
            if (begins ? !words[place + i].StartsWith(word, StringComparison.Ordinal) : words[place + i] != word)
                return false;
        }
        return true;
    }

    private static (string, bool)[] Read(string phrase) =>
        [
            .. phrase
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(part => Wording.Words(part).Select(word => (word, part.EndsWith('*')))),
        ];
}
