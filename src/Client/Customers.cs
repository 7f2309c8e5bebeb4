using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketingPlatform.Client;

/// <summary>Who a customer is.</summary>
/// <param name="UserId">The shop's own id; null while the customer is anonymous.</param>
public sealed record Customer(
    Guid Id,
    string? UserId,
    string? Email,
    string? FirstName,
    string? LastName,
    int? Age,
    string? Gender,
    string? Country,
    string? City,
    string? Language,
    string? TimeZone,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset LastSeenAt
)
{
    /// <value>Whatever else the platform tells of a customer.</value>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? More { get; init; }
}

/// <summary>What a till, a help desk or a shop assistant wants to know at once.</summary>
/// <param name="Segments">Latest first.</param>
/// <param name="Scores">What models and the RFM grid say; null while that service is away.</param>
/// <param name="Consents">What now holds, by purpose; a purpose that is missing was never spoken about.</param>
/// <param name="PreferredChannel">Where most of the last events happened.</param>
/// <param name="NextBestProduct">Null where nothing can be said.</param>
public sealed record CustomerSummary(
    Guid Id,
    string? UserId,
    string? Email,
    string? FirstName,
    string? LastName,
    IReadOnlyList<Membership> Segments,
    IReadOnlyList<Score>? Scores,
    IReadOnlyList<Consent> Consents,
    Computed Computed,
    string? PreferredChannel,
    Recommendation? NextBestProduct
);

/// <param name="Name">The segment's key ("lapsed").</param>
public sealed record Membership(string Name, DateTimeOffset Since);

/// <param name="Name">"score.churn" of a prediction; "rfm.r", "rfm.f", "rfm.m" from 1 (low) to 5 (high).</param>
/// <param name="At">When it was computed.</param>
public sealed record Score(string Name, decimal Value, string? ModelVersion, DateTimeOffset At);

/// <param name="Purpose">email_marketing, profiling, ads_audience or chat.</param>
public sealed record Consent(string Purpose, bool Granted, DateTimeOffset At, string Source);

/// <summary>What follows from a customer's events and orders.</summary>
/// <param name="Spend">Less what was refunded, in <paramref name="Currency"/>.</param>
public sealed record Computed(
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    int Orders,
    decimal Spend,
    string Currency,
    string? FavouriteCategory,
    string? PreferredChannel
);

/// <summary>Who customers are.</summary>
public sealed class CustomersApi
{
    private const string Path = "/api/v1/customers";
    private readonly Transport transport;

    internal CustomersApi(Transport transport) => this.transport = transport;

    /// <summary>Finds a customer by what the shop calls them; give one of the three.</summary>
    /// <returns>Null where nobody is known by that.</returns>
    public async Task<Customer?> FindAsync(
        string? userId = null,
        string? email = null,
        string? anonymousId = null,
        CancellationToken ct = default
    )
    {
        if (userId is null && email is null && anonymousId is null)
            throw new ArgumentException("Give a user id, an e-mail address or an anonymous id.", nameof(userId));
        var query = Transport.Query(("userId", userId), ("email", email), ("anonymousId", anonymousId), ("limit", 1));
        return (await transport.GetAsync<Page<Customer>>(Path + query, ct).ConfigureAwait(false)).Items is [var customer, ..]
            ? customer
            : null;
    }

    /// <param name="id">Also an id that was merged into another customer.</param>
    public Task<Customer> GetAsync(Guid id, CancellationToken ct = default) => transport.GetAsync<Customer>($"{Path}/{id}", ct);

    /// <summary>What others need to know of a customer at a glance.</summary>
    public Task<CustomerSummary> SummaryAsync(Guid id, CancellationToken ct = default) =>
        transport.GetAsync<CustomerSummary>($"{Path}/{id}/summary", ct);

    /// <summary>A customer allowed or forbade a purpose.</summary>
    /// <param name="purpose">email_marketing, profiling, ads_audience or chat.</param>
    /// <param name="source">Where it was said; kept as evidence, like what follows it.</param>
    /// <param name="textVersion">Which wording the customer saw.</param>
    /// <param name="ip">Where from.</param>
    /// <param name="token">What proves that this customer said it. With one, a purpose that needs a double opt-in counts at once.</param>
    public Task StateConsentAsync(
        Guid id,
        string purpose,
        bool granted,
        string source,
        DateTimeOffset? at = null,
        string? textVersion = null,
        string? ip = null,
        string? token = null,
        CancellationToken ct = default
    ) =>
        transport.PostAsync<JsonElement>(
            $"{Path}/{id}/consents",
            new
            {
                purpose,
                granted,
                source,
                at = at ?? transport.Now,
                textVersion,
                ip,
                token,
            },
            ct
        );
}
