using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>
/// Products known only from orders, so that an import of orders alone can recommend. The newest order that names a product decides its
/// name and
/// price; what the shop says through <c>POST /api/v1/products</c> always wins. Version 0: nothing is published about them.
/// </summary>
internal static class InferredProducts
{
    public static async Task SaveAsync(UnitOfWork work, IReadOnlyList<(OrderPlaced Order, CartLine Line)> lines, CancellationToken ct)
    {
        var newest = lines.OrderByDescending(l => l.Order.At).DistinctBy(l => l.Line.ProductId).ToArray();
        if (newest.Length == 0)
        {
            return;
        }
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = newest.Select(l => l.Line.ProductId).ToArray(),
                Names = newest.Select(l => string.IsNullOrWhiteSpace(l.Line.Name) ? null : l.Line.Name).ToArray(),
                Prices = newest.Select(l => l.Line.UnitPrice).ToArray(),
                Currencies = newest.Select(l => l.Order.Currency).ToArray(),
                Urls = newest.Select(l => l.Line.Url).ToArray(),
                ImageUrls = newest.Select(l => l.Line.ImageUrl).ToArray(),
                Ats = newest.Select(l => l.Order.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }

    // Ordered, so that two instances lock the same products in the same order.
    private const string Sql = """
        insert into products as known (product_id, name, price, currency, url, image_url, in_stock, inferred, version, changed_at)
        select product_id, coalesce(name, product_id), price, currency, url, image_url, true, true, 0, at
        from unnest(
            @Ids::text[], @Names::text[], @Prices::numeric[], @Currencies::text[], @Urls::text[], @ImageUrls::text[], @Ats::timestamptz[]
        ) as line (product_id, name, price, currency, url, image_url, at)
        order by product_id
        on conflict (product_id) do update set
            name = case when excluded.name = excluded.product_id then known.name else excluded.name end,
            price = excluded.price,
            currency = excluded.currency,
            url = coalesce(excluded.url, known.url),
            image_url = coalesce(excluded.image_url, known.image_url),
            changed_at = excluded.changed_at
        where known.inferred and known.changed_at < excluded.changed_at
        """;
}
