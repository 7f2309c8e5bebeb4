using System.Text.Json;

namespace MarketingPlatform.Contracts.Customers;

/// <summary>High-volume behaviour (views, visits, cart touches, social engagement), at most 500 events a message.</summary>
public sealed record BehaviourBatch(IReadOnlyList<BehaviourEvent> Events);

/// <summary>One thing a customer did.</summary>
/// <param name="EventId">Given by Customers; the same event never has two.</param>
/// <param name="Kind">track, page, screen, group.</param>
/// <param name="Name">The event's name ("Product Viewed"), the page's name for page and screen.</param>
/// <param name="ProductId">The shop's product id where the event is about one product.</param>
/// <param name="Channel">Where it happened (web, social, email, …), where the event says so.</param>
/// <param name="Properties">As sent; null where there were none.</param>
public sealed record BehaviourEvent(
    Guid EventId,
    Guid CustomerId,
    string Kind,
    string? Name,
    string? ProductId,
    string? Channel,
    JsonElement? Properties,
    DateTimeOffset At
);
