using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Privacy;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>What became of an answer.</summary>
/// <param name="DecisionId">As the answer named itself.</param>
/// <param name="Kind">shown or clicked.</param>
/// <param name="ProductId">The product; of shown null for the whole list.</param>
/// <param name="At">Now where it is null.</param>
internal sealed record RecommendationEvent(
    string DecisionId,
    string Kind,
    string? ProductId = null,
    Guid? CustomerId = null,
    DateTimeOffset? At = null
);

/// <summary>Body of <c>POST /api/v1/recommendations/events</c>.</summary>
internal sealed record RecommendationEvents(IReadOnlyList<RecommendationEvent> Events);

/// <summary>
/// <c>POST /api/v1/recommendations/events</c>: that an answer was seen, or a product of it clicked. The same comes twice without harm: a
/// product of an answer is shown once and clicked once. A shop whose pages send behaviour already adds the property
/// <c>recommendation_id</c> to Product List Viewed, Product Clicked or Product Viewed instead.
/// </summary>
internal static class RecordEvents
{
    public const string Shown = "shown";
    public const string Clicked = "clicked";
    private const int MaxEvents = 1_000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Recommendations + "/events", Handle).RequireScope(Scope.Write).WithName("RecordRecommendationEvents");

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        RecommendationEvents body,
        RecommendationDatabase database,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (body.Events is not { Count: > 0 and <= MaxEvents })
        {
            return Problem.Invalid(new FieldError("events", $"Send 1 to {MaxEvents} events."));
        }
        var faults = body.Events.SelectMany(Faults).ToArray();
        if (faults.Length > 0)
        {
            return Problem.Invalid(faults);
        }
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(Erasure.SharedLock, null, ct);
        await SaveAsync(work, [.. body.Events.Select(e => e with { At = e.At ?? clock.GetUtcNow() })], ct);
        await work.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    /// <summary>The earliest word on the same thing holds, in whatever order they come.</summary>
    public static Task SaveAsync(UnitOfWork work, IReadOnlyList<RecommendationEvent> events, CancellationToken ct)
    {
        var first = events.OrderBy(e => e.At).DistinctBy(e => (e.DecisionId, e.Kind, e.ProductId ?? "")).ToArray();
        return first.Length == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                insert into recommendation_events as known (decision_id, kind, product_id, customer_id, at)
                select decision_id, kind, product_id, customer_id, at
                from unnest(@Decisions::text[], @Kinds::text[], @Products::text[], @Customers::uuid[], @Ats::timestamptz[])
                    as e (decision_id, kind, product_id, customer_id, at)
                where customer_id is null or not is_erased(customer_id)
                order by decision_id, kind, product_id
                on conflict (decision_id, kind, product_id) do update set at = excluded.at, customer_id = excluded.customer_id
                where excluded.at < known.at
                """,
                new
                {
                    Decisions = first.Select(e => e.DecisionId).ToArray(),
                    Kinds = first.Select(e => e.Kind).ToArray(),
                    Products = first.Select(e => e.ProductId ?? "").ToArray(),
                    Customers = first.Select(e => e.CustomerId).ToArray(),
                    Ats = first.Select(e => e.At!.Value.ToUniversalTime()).ToArray(),
                },
                ct
            );
    }

    private static IEnumerable<FieldError> Faults(RecommendationEvent? e, int index)
    {
        var field = $"events[{index}]";
        if (e is null || !IsDecision(e.DecisionId))
        {
            yield return new FieldError(field + ".decisionId", "Give the decisionId of the answer.");
            yield break;
        }
        if (e.Kind is not (Shown or Clicked))
        {
            yield return new FieldError(field + ".kind", $"Must be {Shown} or {Clicked}.");
        }
        if (e.Kind == Clicked && string.IsNullOrEmpty(e.ProductId))
        {
            yield return new FieldError(field + ".productId", "Say which product was clicked.");
        }
        if (e.ProductId is { } product && (product.Length > 200 || product.Contains('\0')))
        {
            yield return new FieldError(field + ".productId", "No product has such an id.");
        }
    }

    public static bool IsDecision(string? id) => id is { Length: 32 } && id.All(char.IsAsciiHexDigitLower);
}
