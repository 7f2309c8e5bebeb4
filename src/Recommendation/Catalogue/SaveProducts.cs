using System.Text.Json;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>
/// Writes products that passed <see cref="ProductRules"/>. What really changed is published as <see cref="ProductChanged"/>; the same
/// content again changes nothing and publishes nothing.
/// </summary>
internal static class SaveProducts
{
    /// <param name="products">Each id once.</param>
    /// <param name="currency">Of those that name none.</param>
    public static async Task RunAsync(
        UnitOfWork work,
        IReadOnlyList<ProductUpsert> products,
        string currency,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var changed = await work.QueryAsync<ProductRow>(
            Sql,
            new
            {
                Ids = products.Select(p => p.ProductId).ToArray(),
                Names = products.Select(p => p.Name).ToArray(),
                Categories = products.Select(p => p.Category ?? (p.Categories is { Count: > 0 } path ? path[^1] : null)).ToArray(),
                Prices = products.Select(p => p.Price).ToArray(),
                Currencies = products.Select(p => p.Currency ?? currency).ToArray(),
                Urls = products.Select(p => p.Url).ToArray(),
                ImageUrls = products.Select(p => p.ImageUrl).ToArray(),
                InStock = products.Select(p => p.InStock && p.Stock is not 0).ToArray(),
                Paths = products.Select(p => JsonSerializer.Serialize(PathOf(p))).ToArray(),
                Descriptions = products.Select(p => p.Description).ToArray(),
                Brands = products.Select(p => p.Brand).ToArray(),
                SalePrices = products.Select(p => p.SalePrice).ToArray(),
                Costs = products.Select(p => p.Cost).ToArray(),
                Stocks = products.Select(p => p.Stock).ToArray(),
                Images = products.Select(p => JsonSerializer.Serialize(p.Images ?? [])).ToArray(),
                Attributes = products.Select(p => JsonSerializer.Serialize(p.Attributes ?? new Dictionary<string, string>())).ToArray(),
                Gtins = products.Select(p => p.Gtin).ToArray(),
                now,
            },
            ct
        );
        foreach (var p in changed)
        {
            work.Publish(Changed(p));
        }
    }

    internal static ProductChanged Changed(ProductRow p) =>
        new(p.ProductId, p.Version, p.Name, p.Category, p.Price, p.Currency, p.Url, p.ImageUrl, p.InStock, p.ChangedAt);

    private static IReadOnlyList<string> PathOf(ProductUpsert product) =>
        product.Categories is { Count: > 0 } path ? path
        : product.Category is { } category ? [category]
        : [];

    // Ordered, so that two requests lock the same products in the same order.
    private const string Sql = $"""
        insert into products as known (
            product_id, name, category, price, currency, url, image_url, in_stock, inferred, version, changed_at,
            categories, description, brand, sale_price, cost, stock, images, attributes, gtin)
        select product_id, name, category, price, currency, url, image_url, in_stock, false, 1, @now,
            array(select jsonb_array_elements_text(path::jsonb)), description, brand, sale_price, cost, stock,
            array(select jsonb_array_elements_text(images::jsonb)), attributes::jsonb, gtin
        from unnest(
            @Ids::text[], @Names::text[], @Categories::text[], @Prices::numeric[], @Currencies::text[], @Urls::text[], @ImageUrls::text[],
            @InStock::boolean[], @Paths::text[], @Descriptions::text[], @Brands::text[], @SalePrices::numeric[], @Costs::numeric[],
            @Stocks::int[], @Images::text[], @Attributes::text[], @Gtins::text[]
        ) as p (product_id, name, category, price, currency, url, image_url, in_stock, path, description, brand, sale_price, cost, stock,
            images, attributes, gtin)
        order by product_id
        on conflict (product_id) do update set
            name = excluded.name, category = excluded.category, price = excluded.price, currency = excluded.currency, url = excluded.url,
            image_url = excluded.image_url, in_stock = excluded.in_stock, inferred = false, removed = false, version = known.version + 1,
            changed_at = excluded.changed_at, categories = excluded.categories, description = excluded.description,
            brand = excluded.brand, sale_price = excluded.sale_price, cost = excluded.cost, stock = excluded.stock,
            images = excluded.images, attributes = excluded.attributes, gtin = excluded.gtin
        where (known.name, known.category, known.price, known.currency, known.url, known.image_url, known.in_stock, known.inferred,
                known.categories, known.description, known.brand, known.sale_price, known.cost, known.stock, known.images,
                known.attributes, known.gtin, known.removed)
            is distinct from
            (excluded.name, excluded.category, excluded.price, excluded.currency, excluded.url, excluded.image_url, excluded.in_stock, false,
                excluded.categories, excluded.description, excluded.brand, excluded.sale_price, excluded.cost, excluded.stock,
                excluded.images, excluded.attributes, excluded.gtin, false)
        returning {ProductRow.Columns}
        """;
}
