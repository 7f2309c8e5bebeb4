using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>
/// <c>POST /api/v1/products</c>: each product is created or replaced whole. A bad product is refused with its reason and does not keep
/// the others
/// out. What really changed is published as <see cref="ProductChanged"/>; the same content again changes nothing and publishes nothing.
/// </summary>
internal static class UpsertProducts
{
    private const int MaxProducts = 1_000;
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Products, Handle)
            .RequireScope(Scope.Write)
            .WithName("UpsertProducts")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));

    private static async Task<Results<Ok<ProductUpsertResult>, ProblemHttpResult>> Handle(
        ProductUpserts body,
        RecommendationDatabase database,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (body.Products is null or { Count: 0 })
        {
            return Problem.Invalid(new FieldError("products", "Send at least one product."));
        }
        if (body.Products.Count > MaxProducts)
        {
            return Problem.Invalid(
                new FieldError("products", $"Send at most {MaxProducts} products a request; this one has {body.Products.Count}.")
            );
        }
        var (accepted, rejected) = Check(body.Products);
        if (accepted.Count > 0)
        {
            await using var work = await database.BeginAsync(ct);
            await SaveProducts.RunAsync(work, accepted, shop.Value.Currency, clock.GetUtcNow(), ct);
            await work.CommitAsync(ct);
        }
        return TypedResults.Ok(new ProductUpsertResult(accepted.Count, rejected));
    }

    internal static (IReadOnlyList<ProductUpsert> Accepted, IReadOnlyList<ProductRejection> Rejected) Check(
        IReadOnlyList<ProductUpsert?> products
    )
    {
        var lastPlace = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < products.Count; index++)
        {
            if (products[index] is { ProductId: { } id })
            {
                lastPlace[id] = index;
            }
        }
        var accepted = new List<ProductUpsert>();
        var rejected = new List<ProductRejection>();
        for (var index = 0; index < products.Count; index++)
        {
            var product = products[index];
            var reason = product is null ? "A product is missing here." : ProductRules.Refuse(product);
            if (reason is null && lastPlace[product!.ProductId] is var last && last != index)
            {
                reason = $"The same product comes again at index {last}; that one was taken.";
            }
            if (reason is null)
            {
                accepted.Add(product!);
            }
            else
            {
                rejected.Add(new ProductRejection(index, product?.ProductId ?? "", reason));
            }
        }
        return (accepted, rejected);
    }
}
