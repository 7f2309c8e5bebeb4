using System.Text.Json.Serialization;

namespace MarketingPlatform.Client;

/// <summary>One thing to tell the platform. Names a user id, an anonymous id, or both.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Identify), "identify")]
[JsonDerivedType(typeof(Track), "track")]
[JsonDerivedType(typeof(Page), "page")]
[JsonDerivedType(typeof(Screen), "screen")]
[JsonDerivedType(typeof(Group), "group")]
[JsonDerivedType(typeof(Alias), "alias")]
public abstract record Call
{
    /// <value>What repetitions are recognised by: the same for the same thing. Default: a new one for each call that is made.</value>
    public string MessageId { get; init; } = Guid.CreateVersion7().ToString();

    /// <value>The shop's own id of a customer.</value>
    public string? UserId { get; init; }

    /// <value>Of a browser or device whose customer is not known yet.</value>
    public string? AnonymousId { get; init; }

    /// <value>When it happened. Default: when it is sent.</value>
    public DateTimeOffset? Timestamp { get; init; }

    /// <value>What is true around it: consent, channel, page.</value>
    public object? Context { get; init; }
}

/// <summary>Who somebody is.</summary>
public sealed record Identify : Call
{
    public object? Traits { get; init; }
}

/// <summary>What somebody did ("Order Completed").</summary>
public sealed record Track([property: JsonPropertyName("event")] string Event) : Call
{
    public object? Properties { get; init; }
}

public sealed record Page(string? Name) : Call
{
    public object? Properties { get; init; }
}

public sealed record Screen(string? Name) : Call
{
    public object? Properties { get; init; }
}

/// <summary>Somebody belongs to a company, a household, a club.</summary>
public sealed record Group(string GroupId) : Call
{
    public object? Traits { get; init; }
}

/// <summary>Two ids are one person.</summary>
public sealed record Alias(string PreviousId) : Call;

/// <summary>A call that the platform cannot use, and why. It keeps it: <c>GET /api/v1/rejections</c>.</summary>
/// <param name="Index">Its place among the calls sent, from 0.</param>
public sealed record Rejected(int Index, string? MessageId, string Reason, string Detail);

/// <summary>Tells the platform what happens.</summary>
public sealed class Collector
{
    private const int CallsPerRequest = 100;
    private readonly Transport transport;

    internal Collector(Transport transport) => this.transport = transport;

    /// <summary>Sends calls and returns when the platform has stored them. What it had before, by message id, is not stored twice.</summary>
    /// <returns>The calls that cannot be used; empty where all were taken.</returns>
    /// <exception cref="MarketingPlatformException">Nothing of this request was stored.</exception>
    public async Task<IReadOnlyList<Rejected>> SendAsync(IReadOnlyList<Call> calls, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(calls);
        var rejected = new List<Rejected>();
        for (var sent = 0; sent < calls.Count; sent += CallsPerRequest)
        {
            var batch = calls.Skip(sent).Take(CallsPerRequest).Select(call => call with { Timestamp = call.Timestamp ?? transport.Now });
            var answer = await transport.PostAsync<Answer>("/v1/batch", new Request([.. batch], transport), ct).ConfigureAwait(false);
            rejected.AddRange((answer.Rejected ?? []).Select(call => call with { Index = call.Index + sent }));
        }
        return rejected;
    }

    /// <inheritdoc cref="SendAsync(IReadOnlyList{Call}, CancellationToken)"/>
    /// <exception cref="MarketingPlatformException">The call was not stored, or cannot be used.</exception>
    public async Task SendAsync(Call call, CancellationToken ct = default)
    {
        if (await SendAsync([call], ct).ConfigureAwait(false) is [var refused])
            throw new MarketingPlatformException(200, "/problems/" + refused.Reason, refused.Detail);
    }

    /// <summary>Written out for each attempt: the platform tells by the time of sending how far this clock is off.</summary>
    private sealed class Request(Call[] calls, Transport transport)
    {
        public Call[] Batch => calls;

        public DateTimeOffset SentAt => transport.Now;
    }

    private sealed record Answer(IReadOnlyList<Rejected>? Rejected);
}
