using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// Two questions in one message are both answered, where each of them is understood by itself and they ask for different things. What needs no more
/// is answered first; of those that ask back, or need to know who asks, the others wait until the one before is done.
/// </summary>
internal static class SeveralQuestions
{
    private const int MaxParts = 3;
    private const int LeastWords = 3;
    private static readonly char[] Ends = ['.', '?', '!', ';', '\n'];

    /// <returns>The parts of a message that may each be a question; empty where it is only one.</returns>
    public static IReadOnlyList<string> Parts(string text, Script script)
    {
        List<string> parts = [];
        foreach (var sentence in text.Split(Ends, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Where a joining word stands, the sentence goes on with another part, if both are long enough to be one.
            var words = sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var from = 0;
            for (var place = LeastWords; place <= words.Length - LeastWords; place++)
                if (place - from >= LeastWords && script.Words.And.At([words[place].Trim(',').ToLowerInvariant()], 0) > 0)
                {
                    parts.Add(string.Join(' ', words[from..place]));
                    from = place + 1;
                }
            parts.Add(string.Join(' ', words[from..]));
        }
        parts.RemoveAll(part => Wording.Words(part).Count < LeastWords);
        return parts.Count is > 1 and <= MaxParts ? parts : [];
    }

    /// <summary>Whether the parts can be answered one by one: nothing else is going on.</summary>
    public static bool MayBeIn(DialogueState state) => state is { Form: null, SignIn: null, Misunderstanding: null };

    /// <param name="parts">One turn a part, each with what the conversation remembered before the message.</param>
    /// <returns>Null where the message is to be answered as a whole.</returns>
    public static Reply? Decide(IReadOnlyList<Turn> parts)
    {
        if (!parts.All(IsClear) || parts.Select(Topic).Distinct().Count() < parts.Count)
            return null;
        List<Reply> told = [];
        List<Turn> open = [];
        var state = parts[0].State;
        foreach (var part in parts)
        {
            var reply = Decision.Decide(part with { State = state });
            if (reply is { Act: null, State: { Form: null, SignIn: null } })
            {
                told.Add(reply);
                state = reply.State;
            }
            else if (part.Sure is not null)
                open.Add(part);
            else
                return null;
        }
        // What a person takes over ends the bot's part, so it comes last.
        if (open.OrderBy(part => part.Sure is { Do: Deed.ReturnRequest or Deed.Handoff }).ToArray() is [var first, .. var rest])
        {
            var later = rest.Select(part => new LaterQuestion(part.Text, part.Sure!.Name));
            told.Add(Decision.Decide(first with { State = state with { Later = [.. later] } }));
        }
        return told[^1] with
        {
            Text = string.Join(' ', told.Select(reply => reply.Text).Where(text => text.Length > 0)),
            Products = told.Select(reply => reply.Products).LastOrDefault(products => products is not null),
            Order = told.Select(reply => reply.Order).LastOrDefault(order => order is not null),
            Citations = told.SelectMany(reply => reply.Citations ?? []).ToArray() is { Length: > 0 } cited ? cited : null,
        };
    }

    /// <summary>Goes on with a question that waited, as if it had been asked alone.</summary>
    /// <param name="done">What is said before it.</param>
    /// <returns>Null where the dialogue no longer knows what was asked.</returns>
    public static Reply? Next(Turn turn, Reply done, LaterQuestion next)
    {
        if (turn.Script.Intent(next.Intent) is not { } intent)
            return null;
        var asked = turn with
        {
            Text = next.Text,
            Understood = turn.Understood with { Ranking = [new(next.Intent, 1)], InScope = 1, IsSure = true, Entities = [] },
            State = done.State,
            Search = CatalogueSearch.Nothing,
            Found = Catalogue.Findings.Nothing,
            Knowledge = null,
        };
        var reply = Forms.Begin(asked, intent).Before(turn.Says("next-question"));
        return reply.Before(done.Text) with
        {
            Products = reply.Products ?? done.Products,
            Order = reply.Order ?? done.Order,
            Citations = reply.Citations ?? done.Citations,
        };
    }

    /// <summary>More likely right than wrong, and not only a greeting.</summary>
    private static bool IsClear(Turn part) =>
        part.Sure is { } sure && !Decision.IsForArticles(part, sure)
            ? part.Understood.Confidence > 0.5
                && (sure.Do != Deed.Nothing || sure.Slots.Count > 0)
                && (sure.Do != Deed.FindProducts || part.Products.Count > 0)
            : part.Knowledge is { Knows: true };

    private static string Topic(Turn part) =>
        part.Sure is { } sure && !Decision.IsForArticles(part, sure) ? sure.Name : "article:" + part.Knowledge!.Citations[0].ArticleId;
}
