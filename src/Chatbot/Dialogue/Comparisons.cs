using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Entities;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// "Which of these is cheaper", "what is the difference between the first and the second", "is the red teapot dearer than the blue one": products that
/// were shown, or that the message names, beside each other by what the catalogue knows. Nothing is searched for.
/// </summary>
internal static class Comparisons
{
    /// <returns>Null where the message compares nothing, or fewer than two products are known that it could mean.</returns>
    public static Reply? Answer(Turn turn)
    {
        if (ProductWishes.IntentOf(turn) is not { } intent || (turn.State.Form is { } busy && busy.Intent != intent.Name))
            return null;
        var relation = turn.Search.Relation;
        var difference = turn.Script.Words.Compare.Without(Wording.Words(turn.Text)) is not null;
        if (relation == PriceRelation.None && !difference)
            return null;
        if (!(turn.Sure is null or { Do: Deed.FindProducts or Deed.Recommend } || turn.Search.IsBare))
            return null;
        var meant = Meant(turn, difference);
        return meant.Count < 2 ? null : Compare(meant, relation, turn with { State = turn.State with { Form = null } }, intent.Name);
    }

    private static IReadOnlyList<FoundProduct> Meant(Turn turn, bool difference)
    {
        var named = Named(turn);
        if (named.Count > 1)
            return named;
        var (shown, text) = (turn.State.Shown, turn.Text);
        var words = Wording.Words(text);
        var places = turn.Script.Words.Places;
        var placed = shown.Where((_, place) => place < places.Count && places[place].Without(words) is not null).ToArray();
        var points = difference || placed.Length > 1 || turn.Script.Words.Which.Without(words) is not null;
        if (!points)
            return [];
        // "The difference between standard and express" speaks of no product that was shown.
        var own = Own(words, turn.Script);
        if (own.Count == 0)
            return placed.Length > 1 ? placed : shown;
        var names = shown.ToDictionary(product => product.ProductId, product => DialogueSearch.Names(product.Name));
        if (!own.All(word => names.Values.Any(name => name.Contains(word))))
            return [];
        // "The red or the blue one": by what not all of them are called; "these teapots" are all of them.
        var telling = own.Where(word => !names.Values.All(name => name.Contains(word))).ToArray();
        return telling.Length == 0 ? shown : [.. shown.Where(product => telling.Any(names[product.ProductId].Contains))];
    }

    /// <summary>Those that the message calls by their whole names.</summary>
    private static IReadOnlyList<FoundProduct> Named(Turn turn)
    {
        var ids = turn.Understood.Entities.Where(entity => entity.Kind == EntityKind.Product).Select(entity => entity.Value).ToHashSet();
        return [.. turn.Products.Concat(turn.State.Shown).Where(product => ids.Contains(product.ProductId)).DistinctBy(p => p.ProductId)];
    }

    /// <summary>The words of the message that may be of a product's name.</summary>
    private static IReadOnlyList<string> Own(IReadOnlyList<string> words, Script script)
    {
        var rest = words;
        PriceWords price = script.Words.Price;
        foreach (
            var list in (PhraseList[])
                [
                    script.Words.Compare,
                    script.Words.Which,
                    price.Dearest,
                    price.Cheapest,
                    price.Dearer,
                    price.Cheaper,
                    price.AtMost,
                    price.AtLeast,
                    .. script.Words.Places,
                ]
        )
            rest = list.Without(rest) ?? rest;
        return
        [
            .. DialogueSearch.Names(
                string.Join(' ', rest.Where(word => !DialogueSearch.SaysNothing(word, script) && !ShortAnswer.IsIt(word, script)))
            ),
        ];
    }

    private static Reply Compare(IReadOnlyList<FoundProduct> meant, PriceRelation relation, Turn turn, string intent)
    {
        var priced = meant.Where(product => product.Price is not null).OrderBy(product => product.Price).ToArray();
        // Without two prices of one currency nothing is cheaper than another.
        var comparable = priced.Length == meant.Count && priced.DistinctBy(product => product.Currency).Count() == 1;
        var text =
            !comparable || relation == PriceRelation.None ? Difference(meant, comparable ? priced : [], turn)
            : priced[0].Price == priced[^1].Price ? turn.Says("compared-equal", ("products", ProductReplies.List(priced, turn)))
            : relation is PriceRelation.Dearer or PriceRelation.Dearest ? Ranked("compared-dearest", [.. priced.Reverse()], turn)
            : Ranked("compared-cheapest", priced, turn);
        // The places of what was shown stay what they were.
        var shown = meant.All(product => turn.State.Shown.Any(other => other.ProductId == product.ProductId)) ? turn.State.Shown : meant;
        return new Reply(text, intent, turn.State with { Shown = shown }, Products: meant);
    }

    /// <summary>Those that share the first place are named together.</summary>
    private static string Ranked(string sentence, IReadOnlyList<FoundProduct> ordered, Turn turn) =>
        turn.Says(
            sentence,
            ("product", ProductReplies.List(ordered.TakeWhile(product => product.Price == ordered[0].Price), turn)),
            ("others", ProductReplies.List(ordered.SkipWhile(product => product.Price == ordered[0].Price), turn))
        );

    private static string Difference(IReadOnlyList<FoundProduct> meant, IReadOnlyList<FoundProduct> priced, Turn turn)
    {
        var kinds = meant.Select(product => product.Category).Distinct().Count() > 1;
        var products = meant.Select(product =>
            ProductReplies.Describe(product, turn)
            + (kinds && product.Category is { Length: > 0 } category ? $", {category}" : "")
            + (product.InStock ? $" ({turn.Says("in-stock")})" : "")
        );
        var gap =
            priced.Count < 2 ? ""
            : priced[0].Price == priced[^1].Price ? ""
            : " "
                + turn.Says(
                    "compared-gap",
                    ("cheaper", priced[0].Name),
                    ("gap", Phrases.Money(priced[^1].Price!.Value - priced[0].Price!.Value, priced[0].Currency, turn)),
                    ("dearer", priced[^1].Name)
                );
        return $"{turn.Says("compared", ("products", string.Join("; ", products)))}{gap} {turn.Says("compared-rest")}";
    }
}
