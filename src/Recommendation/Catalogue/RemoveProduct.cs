using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>
/// <c>DELETE /api/v1/products/{id}</c>: out of the catalogue, the feeds and every answer. What was bought stays bought, orders that name it do
/// not bring it back; sending it again does. Other services hear that it is out of stock.
/// </summary>
internal static class RemoveProduct
{
    public static void Map(IEndpointRouteBuilder root) =>
        // Catch-all: a shop's ids may contain slashes.
        root.MapDelete(Routes.Products + "/{**id}", Handle).RequireScope(Scope.Write).WithName("RemoveProduct");

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        RecommendationDatabase database,
        string id,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var ids = ListProducts.Meant(id);
        await using var work = await database.BeginAsync(ct);
        var removed = await work.QuerySingleOrDefaultAsync<ProductRow>(
            Sql,
            new
            {
                ids,
                id = ids[0],
                now = clock.GetUtcNow(),
            },
            ct
        );
        if (removed is null)
        {
            return ListProducts.Unknown(id);
        }
        work.Publish(SaveProducts.Changed(removed));
        await work.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    private const string Sql = $"""
        update products set removed = true, inferred = false, in_stock = false, version = version + 1, changed_at = @now
        where product_id = (
            select product_id from products where product_id = any(@ids) and not removed order by product_id = @id desc limit 1
        )
        returning {ProductRow.Columns}
        """;
}
