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
/// <param name="Ad">Of a page view: the advert that led to it, where its address says so.</param>
public sealed record BehaviourEvent(
    Guid EventId,
    Guid CustomerId,
    string Kind,
    string? Name,
    string? ProductId,
    string? Channel,
    JsonElement? Properties,
    DateTimeOffset At,
    AdClick? Ad = null
);

/// <summary>What an address says of the advert that led to it; each null where it says nothing.</summary>
/// <param name="ClickIdKind">The parameter that carries the id: gclid, fbclid, …</param>
/// <param name="Source">utm_source, as <paramref name="Medium"/>, <paramref name="Campaign"/>, <paramref name="Content"/> and
/// <paramref name="Term"/> are the UTM parameters of their names.</param>
/// <param name="UserAgent">Of the browser, where the event says so.</param>
public sealed record AdClick(
    string? ClickIdKind,
    string? ClickId,
    string? Source,
    string? Medium,
    string? Campaign,
    string? Content,
    string? Term,
    string? UserAgent
);
