using System.Globalization;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// Two stages for who was not understood: the likeliest intents are offered; then other words are asked for; then a person takes over, who sees
/// the first sentence and what the classifier thought of it.
/// </summary>
internal static class Fallback
{
    private const int MaxSuggestions = 3;

    /// <summary>Less likely intents are not worth a visitor's look.</summary>
    private const double LeastProbability = 0.05;

    public static Reply NotUnderstood(Turn turn)
    {
        if (turn.State.Misunderstanding is { } before)
            return before.Suggested.Count > 0 ? Rephrase(turn, before) : Forms.HandOver(turn, Intents.Fallback, "not-understood");
        // Of words that nobody here knows every guess is as good as any other.
        var isNoise =
            !KnownWords.AreMost(Wording.Words(turn.Text))
            && turn.Products.Count == 0
            && DialogueSearch.Best(turn.Text, turn.Orders.SelectMany(order => order.Lines), line => line.Name).Count == 0;
        var first = new Misunderstanding(turn.Text, turn.Understood.Ranking, isNoise ? [] : Suggestions(turn));
        if (first.Suggested.Count == 0)
            return Rephrase(turn, first);
        // What the articles do not know is said, where there are articles.
        var unknown = turn.Knowledge is { Knows: false, Passages.Count: > 0 } ? turn.Says("unknown") : null;
        return new Reply(
            turn.Says("suggest"),
            Intents.Fallback,
            turn.State with
            {
                Misunderstanding = first,
            },
            Need.Choice,
            Choices: [.. first.Suggested.Select(name => turn.Script.Intents[name].Title!), turn.Says("none")]
        ).Before(unknown);
    }

    /// <returns>The reply to suggestions; null where none were made or the message speaks of something else.</returns>
    public static Reply? Answer(Turn turn)
    {
        if (turn.State.Misunderstanding is not { Suggested.Count: > 0 } before)
            return null;
        if (Picked(turn.Text, turn.State, turn.Script) is { } picked)
        {
            // The first sentence is acted on, as if it had been understood.
            var understood = turn.Understood with
            {
                Ranking = [new RankedIntent(picked, 1)],
                InScope = 1,
                IsSure = true,
                Entities = [],
            };
            return Forms.Begin(turn with { Text = before.Text, Understood = understood, Knowledge = null }, turn.Script.Intents[picked]);
        }
        // "No, bowls" says what is meant.
        return (ShortAnswer.IsNo(turn) && turn.Products.Count == 0) || Same(turn.Text, turn.Says("none")) ? Rephrase(turn, before) : null;
    }

    /// <returns>The suggested intent that the message picks: by its title, by its place in the list, or by "yes" where there is one.</returns>
    public static string? Picked(string text, DialogueState state, Script script)
    {
        if (state.Misunderstanding is not { Suggested: { Count: > 0 } suggested })
            return null;
        if (int.TryParse(text.Trim().TrimEnd('.', ')'), NumberStyles.None, CultureInfo.InvariantCulture, out var place))
            return place >= 1 && place <= suggested.Count ? suggested[place - 1] : null;
        return suggested.FirstOrDefault(name => script.Intent(name)?.Title is { } title && Same(text, title))
            ?? (suggested.Count == 1 && script.Words.Yes.Any(word => Same(text, word)) ? suggested[0] : null);
    }

    private static Reply Rephrase(Turn turn, Misunderstanding before) =>
        new(turn.Says("rephrase"), Intents.Fallback, turn.State with { Misunderstanding = before with { Suggested = [] } });

    private static string[] Suggestions(Turn turn) =>
        [
            .. turn
                .Understood.Ranking.Where(guess =>
                    guess.Probability >= LeastProbability && turn.Script.Intent(guess.Intent)?.Title is not null
                )
                .Select(guess => guess.Intent)
                .Take(MaxSuggestions),
        ];

    private static bool Same(string said, string meant) => string.Join(' ', Wording.Words(said)) == string.Join(' ', Wording.Words(meant));
}
