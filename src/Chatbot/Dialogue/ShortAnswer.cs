namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>Yes, no, cancel, and the beginnings of corrections.</summary>
internal static class ShortAnswer
{
    // "yes please" is a yes; a whole sentence that begins with "ok" asks for something.
    private const int MaxWords = 4;
    private static readonly char[] Marks = [' ', ',', '.', '!', '?', ';', ':', '-', '–', '—', '…', '\n', '\r', '\t'];

    public static bool IsYes(Turn turn) => Is(turn.Text, turn.Script.Words.Yes);

    public static bool IsNo(Turn turn) => Is(turn.Text, turn.Script.Words.No);

    /// <summary>"Actually never mind", too.</summary>
    public static bool IsCancel(Turn turn) =>
        Is(turn.Text, turn.Script.Words.Cancel) || (Correction(turn.Text, turn.Script) is { } rest && Is(rest, turn.Script.Words.Cancel));

    /// <summary>"Send it again": a new code.</summary>
    public static bool IsAgain(Turn turn) => Holds(turn.Text, turn.Script.Words.Again);

    /// <summary>"When did I order that": what was spoken of before.</summary>
    public static bool IsIt(string text, Script script) => Holds(text, script.Words.It);

    /// <returns>What follows "no, I meant …"; null where the message is no correction.</returns>
    public static string? Correction(string text, Script script)
    {
        var rest = text.Trim(Marks);
        var corrects = false;
        for (var found = true; found; )
        {
            found = false;
            foreach (var word in script.Words.Correct.OrderByDescending(word => word.Length))
                if (Begins(rest, word))
                {
                    rest = rest[word.Length..].Trim(Marks);
                    found = corrects = true;
                    break;
                }
        }
        return corrects && rest.Length > 0 ? rest : null;
    }

    private static bool Holds(string text, IReadOnlyList<string> words)
    {
        var said = $" {string.Join(' ', Understanding.Wording.Words(text))} ";
        return words.Any(word => said.Contains($" {string.Join(' ', Understanding.Wording.Words(word))} ", StringComparison.Ordinal));
    }

    private static bool Is(string text, IReadOnlyList<string> words)
    {
        var said = text.Trim(Marks);
        return said.Split(Marks, StringSplitOptions.RemoveEmptyEntries).Length <= MaxWords && words.Any(word => Begins(said, word));
    }

    private static bool Begins(string text, string word) =>
        text.StartsWith(word, StringComparison.OrdinalIgnoreCase)
        && (text.Length == word.Length || !char.IsLetterOrDigit(text[word.Length]));
}
