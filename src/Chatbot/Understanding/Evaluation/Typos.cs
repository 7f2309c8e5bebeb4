namespace MarketingPlatform.Chatbot.Understanding.Evaluation;

/// <summary>
/// A seeded model of hasty typing: each word of two letters or more gets, with a given probability, one slip: a letter left out, doubled,
/// replaced by its neighbour on the keyboard, or swapped with the next (Damerau 1964: one of these four makes four of five misspellings).
/// </summary>
internal static class Typos
{
    private static readonly string[] Keyboard = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

    /// <param name="share">Probability of a slip a word, 0 to 1.</param>
    public static string In(string text, double share, Random random) =>
        string.Join(' ', text.Split(' ').Select(word => word.Length > 1 && random.NextDouble() < share ? Slip(word, random) : word));

    private static string Slip(string word, Random random)
    {
        var at = random.Next(word.Length);
        return random.Next(4) switch
        {
            0 => word.Remove(at, 1),
            1 => word.Insert(at, word[at].ToString()),
            2 => word[..at] + Neighbour(word[at], random) + word[(at + 1)..],
            _ when at + 1 < word.Length => word[..at] + word[at + 1] + word[at] + word[(at + 2)..],
            _ => word[..(at - 1)] + word[at] + word[at - 1],
        };
    }

    private static char Neighbour(char letter, Random random)
    {
        foreach (var row in Keyboard)
            if (row.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal) is >= 0 and var at)
                return row[
                    at == 0 ? 1
                    : at == row.Length - 1 ? at - 1
                    : at + (random.Next(2) * 2 - 1)
                ];
        return 'e';
    }
}
