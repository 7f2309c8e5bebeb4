namespace MarketingPlatform.Client;

/// <summary>How a client behaves.</summary>
public sealed class MarketingPlatformClientOptions
{
    /// <value>How long a request is repeated that was refused for now or that broke. Default 1 minute.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>Carries requests; for tests and proxies. Default: a handler of the client's own.</value>
    public HttpMessageHandler? Handler { get; init; }

    /// <value>Default: the system's clock.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>A connection to one platform. May be used by many at once, and for as long as the process lives.</summary>
public sealed class MarketingPlatformClient : IDisposable
{
    private readonly Transport transport;

    /// <param name="door">The address of the public door.</param>
    /// <param name="key">An API key; its scopes decide what may be called.</param>
    public MarketingPlatformClient(Uri door, string key, MarketingPlatformClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(door);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        transport = new Transport(door, key, options ?? new MarketingPlatformClientOptions());
        Collect = new Collector(transport);
        Customers = new CustomersApi(transport);
        Segments = new SegmentsApi(transport);
        Recommendations = new RecommendationsApi(transport);
        Changes = new ChangesApi(transport);
    }

    public Collector Collect { get; }

    public CustomersApi Customers { get; }

    public SegmentsApi Segments { get; }

    public RecommendationsApi Recommendations { get; }

    public ChangesApi Changes { get; }

    /// <summary>Reads any other path of the API.</summary>
    /// <param name="path">With its query ("/api/v1/messages?customer=…").</param>
    /// <exception cref="MarketingPlatformException">The platform refused.</exception>
    public Task<T> ReadAsync<T>(string path, CancellationToken ct = default) => transport.GetAsync<T>(path, ct);

    public void Dispose() => transport.Dispose();
}

/// <summary>The platform refused a request for good; the message is its own.</summary>
/// <param name="status">The HTTP status; 0 where no answer came.</param>
/// <param name="type">The stable slug of the problem ("/problems/customer-not-found"); null where the answer named none.</param>
public sealed class MarketingPlatformException(int status, string? type, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public int Status { get; } = status;

    public string? Type { get; } = type;
}

/// <summary>One page of a list.</summary>
/// <param name="NextCursor">For the next page; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
