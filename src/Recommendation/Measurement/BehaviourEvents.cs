using System.Text.Json;
using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>What a shop's ordinary behaviour events tell of recommendations: those that carry <c>recommendation_id</c>. No I/O.</summary>
internal static class BehaviourEvents
{
    public static IEnumerable<RecommendationEvent> Of(IEnumerable<BehaviourEvent> events)
    {
        foreach (var e in events)
        {
            var kind = e.Name switch
            {
                "Product Clicked" or "Product Viewed" when !string.IsNullOrEmpty(e.ProductId) => RecordEvents.Clicked,
                "Product List Viewed" or "Recommendation Shown" => RecordEvents.Shown,
                _ => null,
            };
            if (
                kind is not null
                && e.Properties is { ValueKind: JsonValueKind.Object } properties
                && properties.TryGetProperty("recommendation_id", out var id)
                && id.ValueKind == JsonValueKind.String
                && RecordEvents.IsDecision(id.GetString())
            )
            {
                yield return new RecommendationEvent(id.GetString()!, kind, e.ProductId, e.CustomerId, e.At);
            }
        }
    }
}
