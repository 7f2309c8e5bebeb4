using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Timeline;
using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Consent;

/// <summary>
/// Holds permissions back until the owner of the address confirms them, for the purposes that the shop set. What comes with evidence of a
/// confirmation, from a list, or from the customer's own preferences is not asked again, where who says so is a system of the shop: the
/// key in a web page confirms nothing.
/// </summary>
internal sealed class DoubleOptIn(IOptions<Shop> shop)
{
    public const string Source = "double-opt-in";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(7);
    private static readonly HashSet<string> NotAskedAgain = ["import", Source, PreferenceCentre.Source];

    /// <returns>What enters the ledger now.</returns>
    public async Task<IReadOnlyList<ConsentRecord>> HoldBackAsync(
        UnitOfWork work,
        IReadOnlyList<ConsentRecord> said,
        IReadOnlyDictionary<Guid, string> addresses,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (!said.Any(record => record.Granted))
            return said;
        var asked = await ConsentSettings.ReadAsync(work, ct);
        var candidates = said.Where(record => record.Granted && asked.Contains(record.Purpose) && IsToBeAsked(record)).ToArray();
        if (candidates.Length == 0)
            return said;
        var granted = (
            await work.QueryAsync<(Guid, string)>(GrantedSql, new { Ids = candidates.Select(record => record.CustomerId).ToArray() }, ct)
        ).ToHashSet();
        var held = candidates.Where(record => !granted.Contains((record.CustomerId, record.Purpose))).ToArray();
        foreach (var record in held.DistinctBy(record => (record.CustomerId, record.Purpose)))
            await AskAsync(work, record, addresses.GetValueOrDefault(record.CustomerId), now, ct);
        return [.. said.Except(held)];
    }

    /// <summary>The confirmation behind a token, where it is still good.</summary>
    public static Task<Confirmation?> FindAsync(UnitOfWork work, string token, DateTimeOffset now, CancellationToken ct) =>
        work.QuerySingleOrDefaultAsync<Confirmation>(
            """
            select q.customer_id, q.purpose, q.text_version, q.confirmed_at, c.language,
                coalesce((
                    select granted from consents l where l.customer_id = q.customer_id and l.purpose = q.purpose
                    order by greatest(l.at, l.repeated_at) desc, l.granted limit 1
                ), false) as granted
            from consent_confirmations q left join customers c on c.id = q.customer_id
            where q.token_hash = @Hash and q.expires_at > @Now for update of q
            """,
            new { Hash = HashOf(token), Now = now },
            ct
        );

    public static Task ConfirmedAsync(UnitOfWork work, string token, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            "update consent_confirmations set confirmed_at = @Now where token_hash = @Hash",
            new { Hash = HashOf(token), Now = now },
            ct
        );

    /// <summary>A "no" answers the questions before it: their links lead nowhere, and a later "yes" is asked anew.</summary>
    public static Task WithdrawAsync(UnitOfWork work, IEnumerable<ConsentRecord> heard, DateTimeOffset now, CancellationToken ct)
    {
        var refused = heard.Where(record => !record.Granted).ToArray();
        return refused.Length == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                update consent_confirmations q set expires_at = @Now
                from unnest(@Customers::uuid[], @Purposes::text[], @Times::timestamptz[]) as no (customer_id, purpose, at)
                where q.customer_id = no.customer_id and q.purpose = no.purpose and q.asked_at <= no.at
                    and q.confirmed_at is null and q.expires_at > @Now
                """,
                new
                {
                    Now = now,
                    Customers = refused.Select(record => record.CustomerId).ToArray(),
                    Purposes = refused.Select(record => record.Purpose).ToArray(),
                    Times = refused.Select(record => record.At).ToArray(),
                },
                ct
            );
    }

    /// <param name="Granted">Whether the purpose is allowed now.</param>
    internal sealed record Confirmation(
        Guid CustomerId,
        string Purpose,
        string? TextVersion,
        DateTimeOffset? ConfirmedAt,
        string? Language,
        bool Granted
    );

    private static bool IsToBeAsked(ConsentRecord record) =>
        !record.Vouched || (!NotAskedAgain.Contains(record.Source) && record.Evidence?.Token is null);

    private async Task AskAsync(UnitOfWork work, ConsentRecord record, string? address, DateTimeOffset now, CancellationToken ct)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var fresh =
            address is not null
            && await work.ExecuteAsync(
                AskSql,
                new
                {
                    Hash = HashOf(token),
                    record.CustomerId,
                    record.Purpose,
                    record.Source,
                    record.Evidence?.TextVersion,
                    Now = now,
                    ExpiresAt = now + Validity,
                },
                ct
            ) == 1;
        if (fresh)
            work.Publish(
                new ConsentConfirmationRequested(
                    record.CustomerId,
                    record.Purpose,
                    address!,
                    new Uri(shop.Value.PublicUrl, $"{Routes.Consent}/confirm?token={token}").AbsoluteUri,
                    now + Validity,
                    now
                ),
                record.TraceParent
            );
        if (fresh || address is null)
            await StoreEntries.StoreAsync(
                work,
                [
                    new TimelineEntry(
                        record.CustomerId,
                        "consent-asked",
                        record.Purpose,
                        new { record.Source, Reason = address is null ? "There is no address to send the question to." : null },
                        now
                    ),
                ],
                now,
                ct
            );
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private const string GrantedSql = """
        select customer_id, purpose from (
            select distinct on (customer_id, purpose) customer_id, purpose, granted
            from consents where customer_id = any(@Ids) order by customer_id, purpose, greatest(at, repeated_at) desc, granted
        ) as latest
        where granted
        """;

    // A shop may state a consent with every event: the customer is asked once, and again when the question has expired.
    private const string AskSql = """
        insert into consent_confirmations (token_hash, customer_id, purpose, source, text_version, asked_at, expires_at)
        select @Hash, @CustomerId, @Purpose, @Source, @TextVersion, @Now, @ExpiresAt
        where not exists (
            select from consent_confirmations
            where customer_id = @CustomerId and purpose = @Purpose and confirmed_at is null and expires_at > @Now
        )
        """;
}
