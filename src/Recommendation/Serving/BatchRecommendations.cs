using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Placements;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>
/// <c>POST /api/v1/recommendations/batch</c>: up to 500 customers in one call, for mails. One query reads all histories; the answers
/// are computed on all cores.
/// </summary>
internal static class BatchRecommendations
{
    public const int MaxCustomers = 500;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Recommendations + "/batch", Handle).RequireScope(Scope.Read).WithName("BatchRecommendations");

    private static async Task<Results<Ok<RecommendationBatchResult>, ProblemHttpResult>> Handle(
        RecommendationBatch body,
        GetRecommendations recommendations,
        RecommendationDatabase database,
        PlacementBook placements,
        CancellationToken ct
    )
    {
        var errors = new List<FieldError>();
        if (body.Customers is not { Count: > 0 and <= MaxCustomers })
        {
            errors.Add(new FieldError("customers", $"Send 1 to {MaxCustomers} customers a call."));
        }
        if (body.Limit is < 1 or > GetRecommendations.MaxLimit)
        {
            errors.Add(new FieldError("limit", $"Must be a whole number from 1 to {GetRecommendations.MaxLimit}."));
        }
        var filter = GetRecommendations.ReadFilter(body.Filter, errors);
        var key = string.IsNullOrEmpty(body.Placement) ? PlacementBook.Mail : body.Placement;
        if (!placements.All.TryGetValue(key, out var definition))
        {
            return ManagePlacements.Unknown(key, placements);
        }
        if (definition.Kind is PlacementKind.Similar or PlacementKind.BoughtTogether or PlacementKind.Cart)
        {
            errors.Add(new FieldError("placement", $"'{key}' is about a product or a cart; ask for it customer by customer."));
        }
        return errors.Count > 0
            ? Problem.Invalid([.. errors])
            : TypedResults.Ok(
                new RecommendationBatchResult(
                    await AnswerAsync(recommendations, database, body.Customers!, new Request(key, body.Limit, filter), ct)
                )
            );
    }

    internal static async Task<CustomerRecommendations[]> AnswerAsync(
        GetRecommendations recommendations,
        RecommendationDatabase database,
        IReadOnlyList<Guid> customers,
        Request request,
        CancellationToken ct
    )
    {
        var histories = await CustomerHistory.ReadAsync(database, customers, null, ct);
        var answers = new CustomerRecommendations[customers.Count];
        Parallel.For(
            0,
            customers.Count,
            new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = Environment.ProcessorCount },
            n =>
                answers[n] = new CustomerRecommendations(
                    customers[n],
                    recommendations.Answer(customers[n], histories[customers[n]], request)
                )
        );
        return answers;
    }
}
