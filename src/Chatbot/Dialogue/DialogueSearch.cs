using MarketingPlatform.Chatbot.Catalogue;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>Which words of a conversation are looked for in the catalogue.</summary>
internal static class DialogueSearch
{
    /// <summary>
    /// The words of the message; with those that were looked for before where it corrects them ("no, the red one") or answers a question
    /// about them.
    /// </summary>
    public static IReadOnlyList<string> Terms(string text, DialogueState state, Script script)
    {
        // Who picks a suggestion means the sentence before.
        if (Fallback.Picked(text, state, script) is not null)
            return ProductSearch.Terms(state.Misunderstanding!.Text);
        if (ShortAnswer.Correction(text, script) is not { } corrected)
            return ProductSearch.Terms(text);
        IReadOnlyList<string> words = [.. ProductSearch.Terms(corrected).Except(Fillers)];
        return words.Count == 0 ? words : [.. words.Union(Before(state.Form ?? state.Done, script))];
    }

    /// <summary>Words of a message that may name one of a few things.</summary>
    public static IReadOnlyList<string> Names(string text) =>
        [.. Understanding.Wording.Words(text).Where(word => word.Length > 1 && !Fillers.Contains(word)).Select(Stem).Distinct()];

    /// <returns>Of the candidates those that have most of the words in their names; empty where none has any.</returns>
    public static IReadOnlyList<T> Best<T>(string text, IEnumerable<T> candidates, Func<T, string> name)
    {
        var asked = Names(text);
        var scored = candidates
            .Select(candidate => (candidate, Score: Names(name(candidate)).Count(word => asked.Contains(word))))
            .Where(scored => scored.Score > 0)
            .ToArray();
        return scored.Length == 0 ? [] : [.. scored.Where(s => s.Score == scored.Max(other => other.Score)).Select(s => s.candidate)];
    }

    private static IEnumerable<string> Before(FormState? form, Script script) =>
        form is not null
        && script.Intent(form.Intent)?.Slots.FirstOrDefault(slot => slot.Kind == SlotKind.Product) is { } slot
        && form.Slots.TryGetValue(slot.Name, out var before)
            ? ProductSearch.Terms(before.Value)
            : [];

    private static string Stem(string word) =>
        word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1] : word;

    private static readonly HashSet<string> Fillers =
    [
        .. (
            "the an of in on is it that this these those with and or one ones my me to for from was be am are not no order orders about mean meant "
            + "please other another want would like product products item items number where what which"
        ).Split(' '),
    ];
}
