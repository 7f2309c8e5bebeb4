using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Chatbot.Catalogue;

/// <summary>Keeps a copy of the catalogue to search in: for each product the highest version, in whatever order they come.</summary>
internal sealed class ProductChangedConsumer(InboxServices<ChatbotDatabase> inbox) : InboxConsumer<ChatbotDatabase, ProductChanged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<ProductChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        var products = messages.Select(m => m.Message).OrderByDescending(p => p.Version).DistinctBy(p => p.ProductId).ToArray();
        return work.ExecuteAsync(
            Sql,
            new
            {
                Ids = products.Select(p => p.ProductId).ToArray(),
                Versions = products.Select(p => p.Version).ToArray(),
                Names = products.Select(p => p.Name).ToArray(),
                Categories = products.Select(p => p.Category).ToArray(),
                Prices = products.Select(p => p.Price).ToArray(),
                Currencies = products.Select(p => p.Currency).ToArray(),
                Urls = products.Select(p => p.Url).ToArray(),
                InStock = products.Select(p => p.InStock).ToArray(),
            },
            ct
        );
    }

    private const string Sql = """
        insert into products as known (product_id, version, name, category, price, currency, url, in_stock)
        select * from unnest(
            @Ids::text[], @Versions::bigint[], @Names::text[], @Categories::text[], @Prices::numeric[], @Currencies::text[], @Urls::text[],
            @InStock::boolean[]
        ) as p (product_id, version, name, category, price, currency, url, in_stock)
        order by p.product_id
        on conflict (product_id) do update set
            version = excluded.version, name = excluded.name, category = excluded.category, price = excluded.price,
            currency = excluded.currency, url = excluded.url, in_stock = excluded.in_stock
        where known.version < excluded.version
        """;
}
