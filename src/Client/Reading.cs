using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketingPlatform.Client;

/// <param name="Key">Stable name ("lapsed").</param>
/// <param name="Kind">rule, rfm, …</param>
/// <param name="Size">Members when it was last computed.</param>
public sealed record Segment(Guid Id, string Key, string Name, string Kind, string Description, long Size, DateTimeOffset UpdatedAt);

/// <param name="RecencyDays">Days since the last order; null outside of RFM segments, like the figures after it.</param>
public sealed record Member(
    Guid CustomerId,
    DateTimeOffset EnteredAt,
    int? RecencyDays,
    int? Frequency,
    decimal? Monetary,
    int? R,
    int? F,
    int? M
);

/// <summary>Groups of customers.</summary>
public sealed class SegmentsApi
{
    private const string Path = "/api/v1/segments";
    private readonly Transport transport;

    internal SegmentsApi(Transport transport) => this.transport = transport;

    public IAsyncEnumerable<Segment> ListAsync(CancellationToken ct = default) => transport.ListAsync<Segment>(Path, ct);

    public IAsyncEnumerable<Segment> OfAsync(Guid customer, CancellationToken ct = default) =>
        transport.ListAsync<Segment>(Path + Transport.Query(("customer", customer)), ct);

    /// <param name="segment">Key or id.</param>
    public IAsyncEnumerable<Member> MembersAsync(string segment, CancellationToken ct = default) =>
        transport.ListAsync<Member>($"{Path}/{Uri.EscapeDataString(segment)}/members?limit=1000", ct);
}

/// <param name="Score">Higher is better; comparable within one answer only.</param>
/// <param name="Reason">In words that a customer may read.</param>
/// <param name="Source">What suggested it (co-purchase, popularity).</param>
public sealed record Recommendation(
    string ProductId,
    string Name,
    string? Category,
    decimal? Price,
    string Currency,
    string? Url,
    string? ImageUrl,
    double Score,
    string Reason,
    string Source
);

/// <summary>What to show.</summary>
public sealed class RecommendationsApi
{
    private readonly Transport transport;

    internal RecommendationsApi(Transport transport) => this.transport = transport;

    /// <summary>Best first.</summary>
    /// <param name="customer">For whom; null: for anybody.</param>
    /// <param name="product">Beside which product.</param>
    public async Task<IReadOnlyList<Recommendation>> GetAsync(
        Guid? customer = null,
        string? product = null,
        int limit = 4,
        CancellationToken ct = default
    )
    {
        var query = Transport.Query(("customer", customer), ("product", product), ("limit", limit));
        return (await transport.GetAsync<Answer>("/api/v1/recommendations" + query, ct).ConfigureAwait(false)).Items;
    }

    private sealed record Answer(IReadOnlyList<Recommendation> Items);
}

/// <summary>Something changed at a customer; what it is now is read where it lives.</summary>
/// <param name="Kind">profile, consent, order, refund, cart-abandoned, merged (into Key), unmerged (from Key), erased, …</param>
/// <param name="CustomerId">Whose; null where the customer was erased.</param>
/// <param name="CustomerHash">Of an erased customer: see <see cref="ChangesApi.HashOf"/>.</param>
/// <param name="Key">The purpose, the order's id, the other customer.</param>
public sealed record Change(string Kind, Guid? CustomerId, string? CustomerHash, string? Key, DateTimeOffset At)
{
    /// <value>Whatever else the platform tells of a change.</value>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? More { get; init; }
}

/// <summary>What changed since a reader last looked.</summary>
public sealed class ChangesApi
{
    private readonly Transport transport;

    internal ChangesApi(Transport transport) => this.transport = transport;

    /// <returns>Under what an erased customer stands in the feed, so that who keeps the id can delete its copy.</returns>
    public static string HashOf(Guid customer) => Convert.ToHexStringLower(SHA256.HashData(customer.ToByteArray(bigEndian: true)));

    /// <summary>Reads the changes after a cursor. Keep <see cref="Page{T}.NextCursor"/> when they are dealt with: they come once more otherwise.</summary>
    /// <param name="cursor">Null: from the beginning.</param>
    public Task<Page<Change>> ReadAsync(string? cursor = null, int? limit = null, CancellationToken ct = default) =>
        transport.GetAsync<Page<Change>>("/api/v1/changes" + Transport.Query(("cursor", cursor), ("limit", limit)), ct);
}
