namespace MarketingPlatform.Contracts.Recommendation;

/// <summary>Answer of <c>GET /api/v1/recommendations</c>.</summary>
/// <param name="ModelVersion">Version that ranked; null where no model is asked (trending, reorder) and while none was trained.</param>
/// <param name="DecisionId">
/// Names this answer when its showing and its clicks are told: as <c>recommendation_id</c> of behaviour events, or to
/// <c>POST /api/v1/recommendations/events</c>. Null where nothing was recommended, and for a preview.
/// </param>
/// <param name="Placement">Where it is shown, as asked.</param>
/// <param name="Experiment">The experiment and its arm that decided ("new-model/b"), where one runs at the placement.</param>
public sealed record RecommendationList(
    string? ModelVersion,
    IReadOnlyList<RecommendedProduct> Items,
    string? DecisionId = null,
    string? Placement = null,
    string? Experiment = null
);

/// <summary>A product this customer is likely to want.</summary>
/// <param name="Score">Higher is better; comparable within one answer only.</param>
/// <param name="Reason">In words a customer may read ("Because you bought Green tea").</param>
/// <param name="Source">What ranked it: co-purchase or another model's name, popularity, content, trending, reorder, back-in-stock, pinned.</param>
/// <param name="Because">What the score is made of, largest first, where a model can tell exactly.</param>
public sealed record RecommendedProduct(
    string ProductId,
    string Name,
    string? Category,
    decimal? Price,
    string Currency,
    string? Url,
    string? ImageUrl,
    double Score,
    string Reason,
    string Source,
    IReadOnlyList<ScoreContribution>? Because = null
);

/// <summary>A part of a score.</summary>
/// <param name="ProductId">The product of the customer's history, cart or page that it comes from.</param>
/// <param name="Share">Of the model's score, before rules: the contributions sum to 1 where all of them are listed.</param>
public sealed record ScoreContribution(string ProductId, double Share);

/// <summary>Body of <c>POST /api/v1/recommendations/batch</c>: up to 500 customers, one answer each.</summary>
/// <param name="Placement">Where they are shown; "mail" where it is null.</param>
/// <param name="Limit">Products for each, 1 to 100.</param>
/// <param name="Filter">As in <c>GET</c>.</param>
public sealed record RecommendationBatch(IReadOnlyList<Guid> Customers, string? Placement = null, int Limit = 10, string? Filter = null);

/// <summary>Answer of <c>POST /api/v1/recommendations/batch</c>, in the order of the request.</summary>
public sealed record RecommendationBatchResult(IReadOnlyList<CustomerRecommendations> Customers);

/// <param name="CustomerId">As asked.</param>
public sealed record CustomerRecommendations(Guid CustomerId, RecommendationList Recommendations);
