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
            $"{(products.Length == 1 ? "I found this" : "I found these")}: {List(products)}.",
            form.Intent,
            turn.State with
            {
                Shown = products,
            },
            Products: products
        );
    }

    public static string List(IEnumerable<FoundProduct> products) => string.Join("; ", products.Select(Describe));

    // The search takes any of the words; what has all of them is meant, where there is such.
    private static IReadOnlyList<FoundProduct> Narrow(string wanted, IReadOnlyList<FoundProduct> found)
    {
        var best = DialogueSearch.Best(wanted, found, product => $"{product.Name} {product.Category}");
        return best.Count > 0 ? best : found;
    }

    private static string Describe(FoundProduct product) =>
        product.Name
        + (product.Price is { } price ? ", " + Phrases.Money(price, product.Currency) : "")
        + (product.InStock ? "" : " (not in stock)");
}
