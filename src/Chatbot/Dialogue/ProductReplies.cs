using MarketingPlatform.Chatbot.Catalogue;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>Answers with products of the catalogue.</summary>
internal static class ProductReplies
{
    public static Reply Found(Turn turn, FormState form)
    {
        if (OtherCurrency(turn) is { } unlike)
        {
            var anyPrice = turn with
            {
                Search = turn.Search with { Price = PriceRange.Any, Relation = PriceRelation.None },
                Found = turn.Found with { OtherCurrency = null },
            };
            return Found(anyPrice, form).Before(unlike);
        }
        var (wanted, search) = (form.Slots["product"].Value, turn.Search);
        // One that was shown before and is named now is what is meant.
        var before = search.Refinement == Refinement.None ? turn.State.Shown.Where(product => product.Name == wanted).ToArray() : [];
        var products = before.Length > 0 ? before : [.. Narrow(wanted, turn.Products).Take(ProductSearch.Most)];
        if (products.Length == 0)
            return NothingFound(turn, form);
        // "No, bowls" leaves the plates.
        var terms = search.Own > 0 ? wanted.Split(' ') : search.Terms;
        var seen = products.Select(product => product.ProductId).Concat(search.Without ?? []);
        return new Reply(
            turn.Says(Sentence(search, products.Length), ("products", List(products, turn))),
            form.Intent,
            turn.State with
            {
                Shown = products,
                Sought = new Sought(terms, search.Price, [.. seen.Take(Sought.MostSeen)]),
            },
            Products: products
        ).Before(Respelt(turn));
    }

    private static string Respelt(Turn turn) =>
        string.Join(' ', (turn.Search.Respelt ?? []).Select(word => turn.Says("respelt", ("said", word.Said), ("meant", word.Meant))));

    /// <returns>That the amount is in another currency than the prices; null where it is not.</returns>
    public static string? OtherCurrency(Turn turn) =>
        turn is { Found.OtherCurrency: { } currency, Search.Price: { Currency: { } named } price }
        && (price.Most ?? price.Least) is { } amount
            ? turn.Says("other-currency", ("currency", currency), ("amount", Phrases.Money(amount, named, turn)))
            : null;

    /// <summary>Those of the products shown that were asked about, and whether they are there.</summary>
    public static Reply About(IReadOnlyList<FoundProduct> products, Turn turn, string intent)
    {
        var list = string.Join(
            "; ",
            products.Select(product => Describe(product, turn) + (product.InStock ? $" ({turn.Says("in-stock")})" : ""))
        );
        return new Reply(turn.Says("about-shown", ("products", list)), intent, turn.State with { Shown = products }, Products: products);
    }

    public static string List(IEnumerable<FoundProduct> products, Turn turn) =>
        string.Join("; ", products.Select(product => Describe(product, turn)));

    private static string Sentence(CatalogueSearch search, int found) =>
        (search.Refinement, search.Relation, search.Price.IsBound) switch
        {
            (Refinement.More, _, _) => "found-more",
            (_, PriceRelation.Cheaper, true) => "found-cheaper",
            (_, PriceRelation.Dearer, true) => "found-dearer",
            (_, PriceRelation.Cheapest or PriceRelation.Cheaper, _) when found > 1 => "found-cheapest",
            (_, PriceRelation.Dearest or PriceRelation.Dearer, _) when found > 1 => "found-dearest",
            _ => found == 1 ? "found-one" : "found-many",
        };

    private static Reply NothingFound(Turn turn, FormState form)
    {
        if (turn.Search.Refinement == Refinement.More)
            return new Reply(turn.Says("nothing-more"), form.Intent, turn.State);
        if (turn.Found.Nearest is { } nearest)
        {
            var sentence = turn.Search.Relation switch
            {
                PriceRelation.Cheaper => "nothing-cheaper",
                PriceRelation.Dearer => "nothing-dearer",
                _ => "nothing-priced",
            };
            // What was shown stays what "that" means.
            return new Reply(turn.Says(sentence, ("products", Describe(nearest, turn))), form.Intent, turn.State, Products: [nearest]);
        }
        return new Reply(
            turn.Says("nothing-found"),
            form.Intent,
            turn.State,
            Need.Product,
            Choices: turn.Found.Categories.Count > 0 ? turn.Found.Categories : null
        );
    }

    // The search takes any of the words; what has all of them is meant, where there is such.
    private static IReadOnlyList<FoundProduct> Narrow(string wanted, IReadOnlyList<FoundProduct> found)
    {
        var best = DialogueSearch.Best(wanted, found, product => $"{product.Name} {product.Category}");
        return best.Count > 0 ? best : found;
    }

    public static string Describe(FoundProduct product, Turn turn) =>
        product.Name
        + (product.Price is { } price ? ", " + Phrases.Money(price, product.Currency, turn) : "")
        + (product.InStock ? "" : $" ({turn.Says("not-in-stock")})");
}
