using System.Collections.Concurrent;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Contracts.Segmentation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MarketingPlatform.Customers.Tests;

/// <summary>
/// What Customers sees of Recommendation, of Segmentation's scores and of the Gateway's tokens: refuses products with a price below zero,
/// keeps the rest.
/// </summary>
public sealed class FakeRecommendation : IAsyncDisposable
{
    private readonly WebApplication app;

    public FakeRecommendation()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost(Routes.Token, () => new { token = "of-a-service", expiresAt = Shop.Start.AddDays(1) });
        app.MapPost(Routes.Products, Upsert);
        app.MapGet(
            Routes.Predictions + "/scores",
            (Guid customer) =>
                Scores.TryGetValue(customer, out var score) ? Results.Json(new CustomerScores(customer, [score])) : Results.StatusCode(503)
        );
        app.MapGet(
            Routes.Recommendations,
            (Guid customer) =>
                Best.TryGetValue(customer, out var product)
                    ? Results.Json(new RecommendationList("v1", [product]))
                    : Results.StatusCode(503)
        );
    }

    public ConcurrentDictionary<string, ProductUpsert> Products { get; } = [];

    /// <summary>What is best for whom; of everybody else it knows nothing, and answers as if it was away.</summary>
    public ConcurrentDictionary<Guid, RecommendedProduct> Best { get; } = [];

    public ConcurrentDictionary<Guid, CustomerScore> Scores { get; } = [];

    public ConcurrentBag<string?> Tokens { get; } = [];

    public string Url => app.Urls.First();

    public Task StartAsync(CancellationToken ct) => app.StartAsync(ct);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private ProductUpsertResult Upsert(HttpRequest request, ProductUpserts upserts)
    {
        Tokens.Add(request.Headers.Authorization);
        var refused = upserts
            .Products.Index()
            .Where(p => p.Item.Price < 0)
            .Select(p => new ProductRejection(p.Index, p.Item.ProductId, "negative-price"));
        foreach (var product in upserts.Products.Where(p => p.Price is null or >= 0))
            Products[product.ProductId] = product;
        var rejections = refused.ToArray();
        return new ProductUpsertResult(upserts.Products.Count - rejections.Length, rejections);
    }
}
