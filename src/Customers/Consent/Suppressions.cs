using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Consent;

/// <summary>
/// Addresses that said no to a purpose, as keyed hashes. They outlive the ledger and the person's data: a list that is imported again, or
/// an old permission that comes late, does not undo a refusal. Only the customer does, later and in person.
/// </summary>
internal static class Suppressions
{
    /// <summary>Sources that repeat what somebody once said, and not the customer's own words.</summary>
    private static readonly HashSet<string> SecondHand = new(StringComparer.OrdinalIgnoreCase) { "import" };

    /// <returns>What is left of <paramref name="said"/>: no permission that a refusal of the same address outweighs.</returns>
    public static async Task<IReadOnlyList<ConsentRecord>> FilterAsync(
        UnitOfWork work,
        IReadOnlyList<ConsentRecord> said,
        IReadOnlyDictionary<Guid, string> addresses,
        Func<string, byte[]> hash,
        CancellationToken ct
    )
    {
        var granted = said.Where(record => record.Granted && addresses.ContainsKey(record.CustomerId)).ToArray();
        if (granted.Length == 0)
            return said;
        var refused = (
            await work.QueryAsync<(byte[] Hash, DateTimeOffset At)>(
                "select hash, at from suppressions where hash = any(@Hashes)",
                new { Hashes = granted.Select(record => HashOf(record, addresses, hash)).ToArray() },
                ct
            )
        ).ToDictionary(row => Convert.ToHexString(row.Hash), row => row.At);
        return refused.Count == 0 ? said : [.. said.Where(record => !(granted.Contains(record) && IsOutweighed(record)))];

        bool IsOutweighed(ConsentRecord record) =>
            refused.TryGetValue(Convert.ToHexString(HashOf(record, addresses, hash)), out var at)
            && (record.At <= at || SecondHand.Contains(record.Source));
    }

    /// <summary>Remembers new refusals, and forgets those that the customer took back.</summary>
    public static async Task StoreAsync(
        UnitOfWork work,
        IReadOnlyList<ConsentRecord> changes,
        IReadOnlyDictionary<Guid, string> addresses,
        Func<string, byte[]> hash,
        CancellationToken ct
    )
    {
        var last = changes
            .Where(record => addresses.ContainsKey(record.CustomerId))
            .GroupBy(record => (Address: addresses[record.CustomerId], record.Purpose))
            .Select(group => group.OrderBy(record => record.At).ThenBy(record => !record.Granted).Last())
            .ToArray();
        if (last.Length == 0)
            return;
        await work.ExecuteAsync(
            """
            insert into suppressions as s (hash, at)
            select hash, at from unnest(@Hashes::bytea[], @Granted::boolean[], @Times::timestamptz[]) as c (hash, granted, at)
            where not granted order by hash
            on conflict (hash) do update set at = greatest(s.at, excluded.at);
            delete from suppressions s using unnest(@Hashes::bytea[], @Granted::boolean[], @Times::timestamptz[]) as c (hash, granted, at)
            where c.granted and s.hash = c.hash and s.at < c.at
            """,
            new
            {
                Hashes = last.Select(record => HashOf(record, addresses, hash)).ToArray(),
                Granted = last.Select(record => record.Granted).ToArray(),
                Times = last.Select(record => record.At).ToArray(),
            },
            ct
        );
    }

    private static byte[] HashOf(ConsentRecord record, IReadOnlyDictionary<Guid, string> addresses, Func<string, byte[]> hash) =>
        hash($"suppression|{record.Purpose}|{addresses[record.CustomerId]}");
}
