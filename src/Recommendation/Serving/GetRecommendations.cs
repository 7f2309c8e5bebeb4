using System.Diagnostics.Metrics;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Telemetry;
using MarketingPlatform.Recommendation.Models;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>
/// <c>GET /api/v1/recommendations?customer=ID&amp;product=A&amp;product=B&amp;limit=4</c>. <c>product</c> is what lies in the cart: it
/// votes and is not recommended.
/// <para>
/// A customer who withdrew consent to profiling gets best-sellers: nothing stored about the person is read, not even to leave out what
/// was
/// bought. Products given in the request still vote: they describe the request, not the person.
/// </para>
/// </summary>
internal sealed class GetRecommendations(
    RecommendationDatabase database,
    ServingModel serving,
    IOptions<RecommendationOptions> options,
    [FromKeyedServices(RecommendationModule.Service)] ServiceTelemetry telemetry
)
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 100;
    private const int MaxCart = 100;

    // More than are asked for, because some may be out of stock.
    private const int Candidates = 200;

    private readonly Counter<long> served = telemetry.Meter.CreateCounter<long>(
        "marketing.recommendations.served",
        "{product}",
        "Products recommended, by source."
    );

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Recommendations, Handle).RequireScope(Scope.Read).WithName("GetRecommendations").WithTags("Recommendations");

    internal static async Task<Results<Ok<RecommendationList>, ProblemHttpResult>> Handle(
        GetRecommendations recommendations,
        string? customer,
        string[]? product,
        string? limit,
        CancellationToken cancellation
    )
    {
        var errors = new List<FieldError>();
        Guid? id = null;
        if (!string.IsNullOrEmpty(customer))
        {
            if (Guid.TryParse(customer, out var parsed))
            {
                id = parsed;
            }
            else
            {
                errors.Add(new FieldError("customer", "Must be the customer's UUID; leave it out for a visitor nobody knows."));
            }
        }
        var wanted = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out wanted) || wanted is < 1 or > MaxLimit))
        {
            errors.Add(new FieldError("limit", $"Must be a whole number from 1 to {MaxLimit}."));
        }
        if (errors.Count > 0)
        {
            return Problem.Invalid([.. errors]);
        }
        return TypedResults.Ok(await recommendations.ForAsync(id, Cart(product ?? []), wanted, cancellation));
    }

    public async Task<RecommendationList> ForAsync(Guid? customer, IReadOnlyList<string> cart, int limit, CancellationToken cancellation)
    {
        using var activity = telemetry.Activities.StartActivity("recommendation.get_recommendations");
        var history = customer is { } id ? await CustomerHistory.ReadAsync(database, id, cancellation) : CustomerHistory.Empty;
        var excluded = history.Bought.Select(b => b.ProductId).Concat(cart).ToHashSet(StringComparer.Ordinal);
        var model = serving.Current?.Model;
        var seeds = Ranking.Seeds(history, cart, TimeSpan.FromDays(options.Value.HistoryHalfLifeDays));
        var candidates = model is null ? [] : Ranking.Vote(model, seeds, excluded, Candidates);

        var asked = candidates.SelectMany(c => new[] { c.ProductId, c.Because.ProductId }).Distinct().ToArray();
        var products = await database.QueryAsync<OfferedProduct>(
            Sql,
            new
            {
                asked,
                excluded = excluded.ToArray(),
                limit,
            },
            cancellation
        );
        var known = new Dictionary<string, OfferedProduct>(StringComparer.Ordinal);
        foreach (var product in products)
        {
            known.TryAdd(product.ProductId, product);
        }
        var popular = products
            .Where(p => p.InStock && !excluded.Contains(p.ProductId))
            .OrderByDescending(p => p.Popularity)
            .ThenBy(p => p.ProductId, StringComparer.Ordinal);
        var items = Answer.Compose(candidates, known, [.. popular], limit);

        foreach (var source in items.CountBy(i => i.Source))
        {
            served.Add(source.Value, new KeyValuePair<string, object?>("source", source.Key));
        }
        activity?.SetTag("recommendation.model", model?.Version);
        return new RecommendationList(model?.Version, items);
    }

    /// <summary>Ids that no product can have (PostgreSQL's text takes no NUL) cannot vote, and a cart has an end.</summary>
    internal static IReadOnlyList<string> Cart(IReadOnlyList<string?> products) =>
        [.. products.OfType<string>().Where(p => p.Length is > 0 and <= 200 && !p.Contains('\0')).Distinct().Take(MaxCart)];

    private const string Sql = """
        select product_id, name, category, price, currency, url, image_url, in_stock, popularity
        from products
        where product_id = any(@asked)
        union all
        (select product_id, name, category, price, currency, url, image_url, in_stock, popularity
         from products
         where in_stock and not product_id = any(@excluded)
         order by popularity desc, product_id
         limit @limit)
        """;
}
