using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Catalogue;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Feeds;

/// <summary>What became of a feed.</summary>
/// <param name="Accepted">Products stored; one that comes again in the feed counts again, its last entry holds.</param>
/// <param name="Rejected">Entries that cannot be products.</param>
/// <param name="Rejections">The first of them, each with its line or number and the reason.</param>
internal sealed record FeedImport(int Accepted, int Rejected, IReadOnlyList<ProductRejection> Rejections);

/// <summary>
/// <c>POST /api/v1/feeds</c>: a Google Merchant feed (XML, or a table with tabs) or a CSV file as the body. It is stored while it streams
/// in, a thousand products a transaction: a feed of any length needs little memory, and one that breaks off leaves what came before.
/// </summary>
internal static class ImportFeed
{
    private const long MaxBodyBytes = 1L << 30;
    private const int Chunk = 1_000;
    private const int MostRejectionsTold = 100;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Feeds, Handle)
            .RequireScope(Scope.Write)
            .WithName("ImportFeed")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));

    private static async Task<Results<Ok<FeedImport>, ProblemHttpResult>> Handle(
        HttpRequest request,
        RecommendationDatabase database,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var (accepted, rejected) = (0, 0);
        var rejections = new List<ProductRejection>();
        var chunk = new Dictionary<string, ProductUpsert>(StringComparer.Ordinal);
        try
        {
            await foreach (var entry in ReadFeed.EntriesAsync(request.Body).WithCancellation(ct))
            {
                var (product, reason) = Check(entry, shop.Value.Currency, clock.GetUtcNow());
                if (reason is null)
                {
                    accepted++;
                    chunk[product!.ProductId] = product;
                }
                else if (++rejected <= MostRejectionsTold)
                {
                    rejections.Add(new ProductRejection(entry.Place, Told(FeedFields.IdOf(entry)), reason));
                }
                if (chunk.Count == Chunk)
                {
                    await SaveAsync();
                }
            }
        }
        catch (UnusableFeedException unusable)
        {
            await SaveAsync();
            return Problem.Of(400, "unusable-feed", "The feed cannot be read", unusable.Message);
        }
        await SaveAsync();
        return TypedResults.Ok(new FeedImport(accepted, rejected, rejections));

        async Task SaveAsync()
        {
            if (chunk.Count == 0)
            {
                return;
            }
            await using var work = await database.BeginAsync(ct);
            await SaveProducts.RunAsync(work, [.. chunk.Values], shop.Value.Currency, clock.GetUtcNow(), ct);
            await work.CommitAsync(ct);
            chunk.Clear();
        }
    }

    private static string Told(string id) => id.Length <= ProductRules.MaxId ? id : id[..ProductRules.MaxId];

    private static (ProductUpsert? Product, string? Reason) Check(FeedEntry entry, string currency, DateTimeOffset now)
    {
        try
        {
            if (entry.Trouble is { } trouble)
            {
                return (null, trouble);
            }
            var product = FeedFields.ToProduct(entry, currency, now);
            return (product, ProductRules.Refuse(product));
        }
        catch (BadFieldException bad)
        {
            return (null, bad.Message);
        }
    }
}
