using Lingua;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>Tells the language of a message among those of the shop (Lingua: n-grams of up to five characters). Only their models are loaded.</summary>
internal sealed class Languages
{
    /// <summary>The languages whose models come with the service.</summary>
    public static readonly IReadOnlyDictionary<string, Language> Known = new Dictionary<string, Language>(StringComparer.Ordinal)
    {
        ["en"] = Language.English,
        ["de"] = Language.German,
        ["fr"] = Language.French,
        ["es"] = Language.Spanish,
        ["it"] = Language.Italian,
        ["nl"] = Language.Dutch,
        ["pt"] = Language.Portuguese,
        ["pl"] = Language.Polish,
    };

    /// <summary>Fewer words say too little to change the language in which somebody is answered: "ok", "Red Mug", "Hallo Ada".</summary>
    private const int LeastWords = 3;

    // The language of a message shows within its first sentences.
    private const int MaxRead = 400;
    private const int LeastLetters = 3;

    private readonly string[] codes;
    private readonly Lazy<LanguageDetector> detector;

    /// <param name="codes">ISO 639-1, at least one, of <see cref="Known"/>; the first is the shop's own.</param>
    public Languages(IReadOnlyList<string> codes)
    {
        this.codes = [.. codes.Distinct()];
        detector = new(() => LanguageDetectorBuilder.FromLanguages([.. this.codes.Select(code => Known[code])]).Build());
    }

    /// <summary>The shop's own.</summary>
    public string Own => codes[0];

    /// <summary>
    /// A language is only changed for one that knows more of the message's words: the n-grams of a typing error, of a brand or of mere noise look like
    /// some language too.
    /// </summary>
    /// <param name="found">The message's language by itself.</param>
    /// <param name="before">What was spoken before; null where nothing told.</param>
    /// <returns>In which language the visitor is answered from here on; null while nothing told.</returns>
    public string? Spoken(string text, string found, string? before)
    {
        var words = Wording.Words(text).Where(word => !word.Any(char.IsDigit)).Distinct().ToArray();
        if (found == (before ?? Own))
            return before ?? (words.Length >= LeastWords ? found : null);
        // One word greets: "Bonjour". Later a few change nothing: "ok", "Grüner Tee".
        return (before is null || words.Length >= LeastWords) && KnownWords.Count(words, found) > KnownWords.Count(words, before ?? Own)
            ? found
            : before;
    }

    /// <returns>The shop's own language where the text is too short to tell.</returns>
    public string Of(string text)
    {
        if (codes.Length == 1 || text.Count(char.IsLetter) < LeastLetters)
            return codes[0];
        var language = detector.Value.DetectLanguageOf(text.Length > MaxRead ? text[..MaxRead] : text);
        return codes.FirstOrDefault(code => Known[code] == language, codes[0]);
    }
}
