using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>Keeps each product's category. Where it changes, rules are looked at again for everybody who ordered the product.</summary>
internal sealed class ProductChangedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, ProductChanged>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<ProductChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        var products = messages.Select(m => m.Message).ToList();
        return work.ExecuteAsync(
            Sql,
            new
            {
                Ids = products.ConvertAll(p => p.ProductId).ToArray(),
                Versions = products.ConvertAll(p => p.Version).ToArray(),
                Categories = products.ConvertAll(p => p.Category is { } category ? Literal.Fold(category) : null).ToArray(),
            },
            ct
        );
    }

    private const string Sql = $"""
        {SegmentationDatabase.SharedWithErasure}
        with
        news as (
            select distinct on (id) id, version, category
            from unnest(@Ids::text[], @Versions::bigint[], @Categories::text[]) as news (id, version, category)
            order by id, version desc
        ),
        moved as (
            select id from news n left join products p on p.product_id = n.id
            where n.category is distinct from p.category and (p.version is null or n.version > p.version)
        ),
        stored as (
            insert into products as p (product_id, version, category)
            select id, version, category from news order by id
            on conflict (product_id) do update set version = excluded.version, category = excluded.category
            where excluded.version > p.version
        )
        insert into dirty (origin_id, bulk)
        select distinct o.origin_id, true from moved join order_lines l on l.product_id = moved.id join orders o using (order_id)
        """;
}
