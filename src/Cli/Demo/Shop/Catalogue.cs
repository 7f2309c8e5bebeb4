using MarketingPlatform.Contracts.Recommendation;

namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>What the shop sells: 300 products in 12 categories, some of which go together.</summary>
internal sealed class Catalogue
{
    public const string Currency = "EUR";

    private const int PerCategory = 25;

    private readonly Product[][] _shelves;
    private readonly double[] _typicalPrices;

    private Catalogue(List<Product> products)
    {
        Products = products;
        _shelves = [.. products.Chunk(PerCategory)];
        _typicalPrices = [.. _shelves.Select(shelf => shelf.Average(product => (double)product.Price))];
    }

    public IReadOnlyList<Product> Products { get; }

    /// <summary>The products of one category, by its place in <see cref="Assortment.Categories"/>.</summary>
    public IReadOnlyList<Product> Shelf(int category) => _shelves[category];

    /// <summary>What a customer of this character would take from the shelf at this moment.</summary>
    public Product PickFor(Character character, int category, Chance chance)
    {
        Span<double> desires = stackalloc double[PerCategory];
        for (var i = 0; i < PerCategory; i++)
            desires[i] = Desire(character, _shelves[category][i]);
        return _shelves[category][chance.Weighted(desires)];
    }

    /// <summary>How much a customer of this character wants a product among its category.</summary>
    public double Desire(Character character, Product product) =>
        product.Popularity * Math.Exp(-1.5 * character.PriceSensitivity * ((double)product.Price / _typicalPrices[product.Category] - 1));

    public static Catalogue Generate(int seed)
    {
        var chance = Chance.Of(seed, part: -1);
        var products = new List<Product>();
        for (var category = 0; category < Assortment.Categories.Count; category++)
        {
            var (name, code, _, variants, kinds) = Assortment.Categories[category];
            var ranks = Enumerable.Range(1, PerCategory).ToArray();
            chance.Shuffle(ranks);
            foreach (var (kind, price) in kinds)
            {
                foreach (var variant in variants)
                {
                    var place = products.Count % PerCategory;
                    var title = $"{variant} {kind}";
                    products.Add(
                        new Product(
                            products.Count,
                            $"{code}-{place + 1:000}",
                            title,
                            name,
                            category,
                            ShelfPrice(price * Math.Exp(0.3 * chance.Normal())),
                            Popularity: Math.Pow(ranks[place], -0.8),
                            Companions: new int[3]
                        )
                    );
                }
            }
        }

        var catalogue = new Catalogue(products);
        foreach (var product in products)
            catalogue.FindCompanions(product, chance);
        return catalogue;
    }

    /// <summary>Two from the category that is used together with this one (a pot for the tea), one from the same shelf.</summary>
    private void FindCompanions(Product product, Chance chance)
    {
        var together = _shelves[Assortment.Categories[product.Category].GoesWith];
        var shelf = _shelves[product.Category].Where(other => other != product).ToArray();
        var first = chance.Weighted([.. together.Select(other => other.Popularity)]);
        product.Companions[0] = together[first].Index;
        product.Companions[1] = together[(first + chance.Between(1, PerCategory - 1)) % PerCategory].Index;
        product.Companions[2] = shelf[chance.Weighted([.. shelf.Select(other => other.Popularity)])].Index;
    }

    private static decimal ShelfPrice(double price) =>
        price < 10 ? Math.Max(1, Math.Round((decimal)price * 2) / 2) - 0.05m : Math.Round((decimal)price) - 0.10m;
}

/// <param name="Index">Place in <see cref="Catalogue.Products"/>.</param>
/// <param name="Category">Place in <see cref="Assortment.Categories"/>.</param>
/// <param name="Popularity">Weight among its category, the same for everybody.</param>
/// <param name="Companions">Indexes of products often bought with this one.</param>
internal sealed record Product(
    int Index,
    string Id,
    string Name,
    string CategoryName,
    int Category,
    decimal Price,
    double Popularity,
    int[] Companions
)
{
    public string Url => $"https://shop.example/products/{Slug}";

    public string ImageUrl => $"https://shop.example/images/{Slug}.jpg";

    private string Slug => $"{Name.ToLowerInvariant().Replace(' ', '-')}-{Id.ToLowerInvariant()}";

    public ProductUpsert ToUpsert() => new(Id, Name, CategoryName, Price, Catalogue.Currency, Url, ImageUrl);
}
