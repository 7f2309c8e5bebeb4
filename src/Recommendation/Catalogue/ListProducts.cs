using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary><c>GET /api/v1/products?search=</c> (part of id or name), by id, and <c>GET /api/v1/products/{id}</c>.</summary>
internal static class ListProducts
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Products, List).RequireScope(Scope.Read).WithName("ListProducts");
        // Catch-all: a shop's ids may contain slashes.
        root.MapGet(Routes.Products + "/{**id}", Get).RequireScope(Scope.Read).WithName("GetProduct");
    }

    private static async Task<Results<Ok<Page<ProductView>>, ProblemHttpResult>> List(
        RecommendationDatabase database,
        int? limit,
        string? cursor,
        string? search,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var size, out var error))
        {
            return Problem.Invalid(error);
        }
        var after = Cursor.Decode(cursor, 1)?[0];
        if (!string.IsNullOrEmpty(cursor) && (after is null || after.Contains('\0')))
        {
            return Problem.Invalid(new FieldError("cursor", "Pass the nextCursor of the page before, unchanged."));
        }
        var rows = await database.QueryAsync<ProductRow>(
            ListSql,
            new
            {
                after = after ?? "",
                take = size + 1,
                search = search?.Replace("\0", "", StringComparison.Ordinal) ?? "",
            },
            ct
        );
        var next = rows.Count > size ? Cursor.Encode(rows[size - 1].ProductId) : null;
        return TypedResults.Ok(new Page<ProductView>([.. rows.Take(size).Select(row => row.ToView())], next));
    }

    private static async Task<Results<Ok<ProductView>, ProblemHttpResult>> Get(
        RecommendationDatabase database,
        string id,
        CancellationToken ct
    )
    {
        var product = await database.QuerySingleOrDefaultAsync<ProductRow>(GetSql, new { ids = Meant(id), id = Meant(id)[0] }, ct);
        return product is null ? Unknown(id) : TypedResults.Ok(product.ToView());
    }

    /// <summary>The ids that a path may mean: the server unescapes it but for its slashes, and an id may hold a "%2F" of its own.</summary>
    internal static string[] Meant(string path)
    {
        var id = path.Replace("\0", "", StringComparison.Ordinal);
        return [id, id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)];
    }

    internal static ProblemHttpResult Unknown(string id) =>
        Problem.NotFound("product", $"The catalogue has no product '{id}'. Send it with POST {Routes.Products}.");

    private const string ListSql = $"""
        select {ProductRow.Columns} from products where product_id > @after and not removed
            and (@search = '' or strpos(lower(product_id || ' ' || name), lower(@search)) > 0)
        order by product_id limit @take
        """;

    private const string GetSql = $"""
        select {ProductRow.Columns} from products where product_id = any(@ids) and not removed order by product_id = @id desc limit 1
        """;
}
