using System.Collections.Concurrent;

namespace MarketingPlatform.Email.Sending.Transport;

/// <summary>
/// A provider that answers "later" again and again is asked less often: after three in a row its domain rests on that route, twice as
/// long with each further one. Forgotten at a restart, which costs a few more such answers.
/// </summary>
internal sealed class DomainBackoff(TimeProvider clock)
{
    private const int Patience = 3;
    private const int MaxDoublings = 8;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<(string Route, string Domain), (int Deferrals, DateTimeOffset Until)> known = new();

    /// <returns>When the domain may be tried again, or null for now.</returns>
    public DateTimeOffset? RestsUntil(string route, string domain) =>
        known.TryGetValue((route, domain), out var state) && state.Until > clock.GetUtcNow() ? state.Until : null;

    public void Delivered(string route, string domain)
    {
        if (!known.IsEmpty)
            known.TryRemove((route, domain), out _);
    }

    public void Deferred(string route, string domain)
    {
        var now = clock.GetUtcNow();
        known.AddOrUpdate((route, domain), _ => (1, now), (_, state) => (state.Deferrals + 1, now + RestAfter(state.Deferrals + 1)));
    }

    /// <returns>Nothing, then 4 s, 8 s, 16 s … up to 17 minutes.</returns>
    internal static TimeSpan RestAfter(int deferrals) =>
        deferrals < Patience ? TimeSpan.Zero : Shortest * Math.Pow(2, Math.Min(MaxDoublings, deferrals - Patience));
}
