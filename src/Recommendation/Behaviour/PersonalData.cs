using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Recommendation.Behaviour;

/// <summary>
/// Every place where this service keeps a customer's id. Erasure works from this list; a test fails when a table is missing from it.
/// </summary>
internal static class PersonalData
{
    public static readonly IReadOnlyList<(string Table, string Column)> Places =
    [
        ("orders", "customer_id"),
        ("refunds", "customer_id"),
        ("product_interest", "customer_id"),
        ("profiling_consents", "customer_id"),
        ("segment_members", "customer_id"),
        ("decisions", "customer_id"),
        ("recommendation_events", "customer_id"),
        ("customer_aliases", "from_id"),
        ("customer_aliases", "into_id"),
    ];

    public static readonly PersonalDataMap Map = new(
        [
            .. Places.Select(place => new PersonalTable(place.Table, place.Column)),
            new("order_items", "order_id", Of: new("orders", "customer_id"), Key: "order_id"),
        ],
        "select distinct person from unnest(@Ids::uuid[]) c, same_person(c) person"
    );
}
