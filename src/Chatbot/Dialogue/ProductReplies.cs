using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>Answers with products of the catalogue.</summary>
internal static class ProductReplies
{
    public static Reply Found(Turn turn)
    {
        if (ProductSearch.Terms(turn.Text).Count == 0)
        {
            return new Reply("What are you looking for? A word or two is enough.", Intents.ProductSearch, Awaiting.Product, Need.Product);
        }
        if (turn.Products.Count == 0)
        {
            return new Reply(
                "I found nothing like that in our catalogue. Try another word for it.",
                Intents.ProductSearch,
                Awaiting.Product,
                Need.Product
            );
        }
        var products = turn.Products.Take(ProductSearch.Most).ToArray();
        var list = string.Join("; ", products.Select(Describe));
        return new Reply(
            $"{(products.Length == 1 ? "I found this" : "I found these")}: {list}.",
            Intents.ProductSearch,
            Products: products
        );
    }

    private static string Describe(FoundProduct product) =>
        product.Name
        + (product.Price is { } price ? ", " + Phrases.Money(price, product.Currency) : "")
        + (product.InStock ? "" : " (not in stock)");
}
