namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>
/// The whole catalogue in memory as it was at one moment; immutable. A product keeps its slot from one shelf to the next, so what is
/// computed by slot stays true.
/// </summary>
internal sealed class Shelf
{
    public static readonly Shelf Empty = new([], new Dictionary<string, int>(StringComparer.Ordinal), ContentIndex.Of([]));

    private readonly ShelfProduct[] products;
    private readonly Dictionary<string, int> slots;

    private Shelf(ShelfProduct[] products, Dictionary<string, int> slots, ContentIndex content)
    {
        this.products = products;
        this.slots = slots;
        Content = content;
        ByPopularity =
        [
            .. Enumerable
                .Range(0, products.Length)
                .OrderByDescending(slot => products[slot].Popularity)
                .ThenBy(slot => products[slot].ProductId, StringComparer.Ordinal),
        ];
    }

    public int Count => products.Length;

    public ShelfProduct this[int slot] => products[slot];

    /// <summary>Slots, most popular first, ties by id.</summary>
    public IReadOnlyList<int> ByPopularity { get; }

    public ContentIndex Content { get; }

    /// <returns>−1 for a product that the catalogue does not know.</returns>
    public int SlotOf(string productId) => slots.TryGetValue(productId, out var slot) ? slot : -1;

    /// <summary>This shelf with some products new or changed.</summary>
    public Shelf With(IReadOnlyList<ShelfProduct> changed)
    {
        var added = changed.Where(product => !slots.ContainsKey(product.ProductId)).DistinctBy(product => product.ProductId).ToArray();
        var next = new ShelfProduct[products.Length + added.Length];
        products.CopyTo(next, 0);
        var index = slots;
        if (added.Length > 0)
        {
            index = new Dictionary<string, int>(slots, StringComparer.Ordinal);
            for (var n = 0; n < added.Length; n++)
            {
                index[added[n].ProductId] = products.Length + n;
            }
        }
        var sameWords = added.Length == 0;
        foreach (var product in changed)
        {
            var slot = index[product.ProductId];
            sameWords = sameWords && slot < products.Length && products[slot].IsDescribedAs(product);
            next[slot] = product;
        }
        return new Shelf(next, index, sameWords ? Content : ContentIndex.Of(next));
    }
}
