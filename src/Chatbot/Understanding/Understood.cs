using MarketingPlatform.Chatbot.Understanding.Entities;

namespace MarketingPlatform.Chatbot.Understanding;

/// <param name="Probability">Calibrated, 0 to 1: of guesses made with 0.8, about 80 of 100 are right.</param>
internal sealed record RankedIntent(string Intent, double Probability);

/// <summary>What a message was understood to want.</summary>
/// <param name="Language">ISO 639-1 in lower case, of the languages that the shop configured; the shop's first where nothing can be told.</param>
/// <param name="Ranking">
/// Intents within scope, the likeliest first, at most <see cref="Most"/>. Out of scope is never among them; empty for a text without words,
/// and where no model was there to judge.
/// </param>
/// <param name="InScope">0 to 1: how sure it is that the bot has an intent for this at all; 0 for a text without words.</param>
/// <param name="IsSure">Whether <paramref name="InScope"/> reaches the model's threshold and the best guess is likely enough to be acted on.</param>
/// <param name="Entities">What the message names, in the order of the text, not overlapping.</param>
/// <param name="ModelVersion">Which model judged; <c>none</c> where there was none yet.</param>
internal sealed record Understood(
    string Language,
    IReadOnlyList<RankedIntent> Ranking,
    double InScope,
    bool IsSure,
    IReadOnlyList<Entity> Entities,
    string ModelVersion
)
{
    /// <summary>How many guesses a ranking has at most.</summary>
    public const int Most = 5;

    /// <summary>By no model: there is none yet.</summary>
    public static readonly Understood Unjudged = new("", [], 0, false, [], "none");

    /// <summary>The best guess within scope; <see cref="Intents.Fallback"/> for a text without words.</summary>
    public string Intent => Ranking.Count > 0 ? Ranking[0].Intent : Intents.Fallback;

    /// <summary>The probability that the best guess is right; 0 for a text without words.</summary>
    public double Confidence => Ranking.Count > 0 ? Ranking[0].Probability : 0;
}
