namespace MarketingPlatform.Email.Templates;

/// <summary>What a template is for: a mail of its own, the frame around mails, or a part that mails share.</summary>
internal enum TemplateKind
{
    Mail,
    Layout,
    Block,
}

/// <summary>A template as its author writes it.</summary>
/// <param name="Kind">Default mail.</param>
/// <param name="Html">Liquid; in a layout <c>{{ content }}</c> is where the mail goes. <c>{{ t.name }}</c> stands for a word of that name.</param>
/// <param name="Subject">Liquid; needed by a mail, here or as the word <c>subject</c>.</param>
/// <param name="Text">Liquid of the plain text; made from the HTML where null.</param>
/// <param name="Layout">Name of the layout around a mail; null for a mail that is a whole page itself.</param>
/// <param name="Words">By locale ("de", "de-AT"), words by name; each is Liquid. <c>subject</c>, <c>preheader</c>, <c>html</c> and <c>text</c>
/// replace that part in their locale.</param>
/// <param name="DefaultLocale">Whose words count where a locale has none. Default en.</param>
/// <param name="Defaults">Values for what a recipient lacks, by path: <c>customer.first_name</c>.</param>
/// <param name="Track">Whether its links tell of clicks and its picture of opens. Default true.</param>
/// <param name="CouponPool">Pool that each recipient gets a code of, as <c>coupon.code</c>.</param>
internal sealed record TemplateContent(
    TemplateKind Kind,
    string Html,
    string? Subject = null,
    string? Text = null,
    string? Layout = null,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Words = null,
    string DefaultLocale = "en",
    IReadOnlyDictionary<string, string>? Defaults = null,
    string? CouponPool = null,
    bool Track = true
)
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoWords = [];

    /// <summary>The locale whose words serve a reader of <paramref name="language"/>: itself, its language, or the default.</summary>
    public string LocaleFor(string? language)
    {
        foreach (var candidate in Chain(language))
            if (AllWords.Keys.FirstOrDefault(known => known.Equals(candidate, StringComparison.OrdinalIgnoreCase)) is { } found)
                return found;
        return DefaultLocale;
    }

    public string? Word(string locale, string name)
    {
        foreach (var candidate in Chain(locale).Append(DefaultLocale))
            if (AllWords.TryGetValue(candidate, out var words) && words.TryGetValue(name, out var word))
                return word;
        return null;
    }

    private IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> AllWords => Words ?? NoWords;

    private static IEnumerable<string> Chain(string? locale)
    {
        for (var tag = locale?.Replace('_', '-'); !string.IsNullOrEmpty(tag); tag = tag.Contains('-') ? tag[..tag.LastIndexOf('-')] : null)
            yield return tag;
    }
}
