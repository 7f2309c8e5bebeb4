using MarketingPlatform.Chatbot.Catalogue;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>Answers with products of the catalogue.</summary>
internal static class ProductReplies
{
    public static Reply Found(Turn turn, FormState form)
    {
        var wanted = form.Slots["product"].Value;
        // One that was shown before and is named now is what is meant.
        var before = turn.State.Shown.Where(product => product.Name == wanted).ToArray();
        var products = before.Length > 0 ? before : [.. Narrow(wanted, turn.Products).Take(ProductSearch.Most)];
        if (products.Length == 0)
            return new Reply(turn.Says("nothing-found"), form.Intent, turn.State, Need.Product);
        return new Reply(
            turn.Says(products.Length == 1 ? "found-one" : "found-many", ("products", List(products, turn))),
            form.Intent,
            turn.State with
            {
                Shown = products,
            },
            Products: products
        );
    }

    public static string List(IEnumerable<FoundProduct> products, Turn turn) =>
        string.Join("; ", products.Select(product => Describe(product, turn)));

    // The search takes any of the words; what has all of them is meant, where there is such.
    private static IReadOnlyList<FoundProduct> Narrow(string wanted, IReadOnlyList<FoundProduct> found)
    {
        var best = DialogueSearch.Best(wanted, found, product => $"{product.Name} {product.Category}");
        return best.Count > 0 ? best : found;
    }

    private static string Describe(FoundProduct product, Turn turn) =>
        product.Name
        + (product.Price is { } price ? ", " + Phrases.Money(price, product.Currency, turn) : "")
        + (product.InStock ? "" : $" ({turn.Says("not-in-stock")})");
}
