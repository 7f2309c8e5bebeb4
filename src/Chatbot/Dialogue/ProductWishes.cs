using MarketingPlatform.Chatbot.Catalogue;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// "Something cheaper", "under 20 euros", "what else": wishes that go on from the products that were shown, whatever a classifier, which sees
/// one message at a time, makes of them.
/// </summary>
internal static class ProductWishes
{
    /// <summary>Who says more than this and is surely understood speaks of something else.</summary>
    private const int ShortWords = 8;

    /// <returns>Null where the message wishes nothing of the kind.</returns>
    public static Reply? Answer(Turn turn)
    {
        if (IntentOf(turn) is not { } intent || (turn.State.Form is { } busy && busy.Intent != intent.Name))
            return null;
        if (Pointed(turn) is { Count: > 0 } pointed)
            return ProductReplies.About(pointed, turn with { State = turn.State with { Form = null } }, intent.Name);
        if (turn.Search.Refinement == Refinement.None || !Means(turn))
            return null;
        // "Is delivery free over 50 euros": an article may know what is no product.
        if (turn is { Search.IsBare: false, Products.Count: 0, Found.Nearest: null })
            return null;
        var state = turn.State with { Form = null };
        var unlike = turn.Search.Terms.Count == 0 ? ProductReplies.OtherCurrency(turn) : null;
        if (turn.Search.LacksSubject || unlike is not null)
        {
            var price = unlike is null ? turn.Search.Price : PriceRange.Any;
            var asking = turn with { State = state with { Sought = new Sought([], price, []) } };
            return Forms.Ask(asking, intent, FormState.Of(intent.Name, turn.Text), intent.Slot("product")).Before(unlike);
        }
        var wanted = string.Join(' ', turn.Search.Terms);
        return Forms.Complete(
            turn with
            {
                State = state,
            },
            intent,
            FormState.Of(intent.Name, turn.Text).With("product", new(wanted, wanted))
        );
    }

    /// <returns>What looks for products; null where the message does not consist of nothing but the names of such, or nobody looks for any here.</returns>
    public static ScriptIntent? Named(Turn turn) =>
        turn.Search.Terms.Count > 0
        && turn.Search.Terms.SelectMany(DialogueSearch.Names).ToArray() is var asked
        && turn.Products.Any(product => asked.All(DialogueSearch.Names($"{product.Name} {product.Category}").Contains))
            ? IntentOf(turn)
            : null;

    public static ScriptIntent? IntentOf(Turn turn) => turn.Script.Intents.Values.FirstOrDefault(i => i.Do == Deed.FindProducts);

    /// <summary>"The second one", "is it in stock": those of the products shown that the message points at.</summary>
    private static IReadOnlyList<Catalogue.FoundProduct> Pointed(Turn turn)
    {
        var shown = turn.State.Shown;
        if (shown.Count == 0 || turn.Search.Refinement != Refinement.None)
            return [];
        var words = Understanding.Wording.Words(turn.Text);
        for (var place = 0; place < Math.Min(shown.Count, turn.Script.Words.Places.Count); place++)
            if (
                turn.Script.Words.Places[place].Without(words) is { } rest
                && rest.All(word => DialogueSearch.SaysNothing(word, turn.Script))
            )
                return [shown[place]];
        if (turn.Search.Terms.Count > 0 || !ShortAnswer.IsIt(turn.Text, turn.Script))
            return [];
        // "Are they all in stock" says by itself nothing that a classifier could know.
        var points = turn.Sure is null && ShownLast(turn) && words.All(word => DialogueSearch.SaysNothing(word, turn.Script));
        return points || turn.Sure?.Do == Deed.FindProducts ? shown : [];
    }

    private static bool ShownLast(Turn turn) =>
        turn.State.Done is { } done && turn.Script.Intent(done.Intent) is { Do: Deed.FindProducts or Deed.Recommend };

    private static bool Means(Turn turn)
    {
        var (search, sure) = (turn.Search, turn.Sure);
        if (sure?.Do == Deed.FindProducts)
            return true;
        if (search.Refinement == Refinement.Price && sure?.Do == Deed.Recommend)
            return true;
        if (search.IsPlain)
            return false;
        var knows = turn.Knowledge is { Knows: true };
        if (!search.IsBare)
            return sure is null && !knows && (turn.Products.Count > 0 || turn.Found.Nearest is not null);
        return turn.State.Shown.Count > 0 || turn.State.Sought is not null
            ? Understanding.Wording.Words(turn.Text).Count <= ShortWords
            : sure is null && !knows;
    }
}
