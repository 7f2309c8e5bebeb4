using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Changes;

/// <summary>
/// The feed that other systems follow to keep their copies current: who changed and how, oldest first, each committed change exactly once
/// and none skipped, however many write at the same time. Ask again with the cursor of the last answer, also when it held nothing.
/// </summary>
internal static class ListChanges
{
    /// <summary>Older changes are forgotten; who comes later than that copies everything anew.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Changes, Handle)
            .RequireScope(Scope.Read)
            .WithSummary("Which customers changed since a cursor: profiles, consents, merges, erasures, orders. Kept for 30 days.");

    private static async Task<Results<Ok<Page<Change>>, ProblemHttpResult>> Handle(
        int? limit,
        string? cursor,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var rows, out var error))
            return Problem.Invalid(error);
        if (!TryRead(cursor, out var transaction, out var seq))
            return Problem.Invalid(
                new FieldError("cursor", "Give 'nextCursor' of the last answer, or nothing to begin with the oldest change.")
            );
        var found = await database.QueryAsync<Row>(
            Sql,
            new
            {
                Transaction = transaction,
                Seq = seq,
                Rows = rows,
            },
            ct
        );
        var last = found.Count > 0 ? (found[^1].Transaction, found[^1].Seq) : (transaction, seq);
        return TypedResults.Ok(
            new Page<Change>(
                [.. found.Select(row => row.ToChange())],
                Cursor.Encode(last.Item1.ToString(CultureInfo.InvariantCulture), last.Item2.ToString(CultureInfo.InvariantCulture))
            )
        );
    }

    private static bool TryRead(string? cursor, out long transaction, out long seq)
    {
        (transaction, seq) = (0, 0);
        return string.IsNullOrEmpty(cursor)
            || (
                Cursor.Decode(cursor, 2) is [var first, var second]
                && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out transaction)
                && long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out seq)
            );
    }

    /// <param name="Kind">profile, consent, order, refund, cart-abandoned, merged (into Key), unmerged (from Key) or erased.</param>
    /// <param name="CustomerId">Whose; absent where the customer was erased.</param>
    /// <param name="CustomerHash">Of an erased customer: SHA-256 of the id's 16 bytes in the order of its text, as hexadecimal digits.</param>
    /// <param name="Key">The purpose, the order's id, the other customer.</param>
    internal sealed record Change(string Kind, Guid? CustomerId, string? CustomerHash, string? Key, DateTimeOffset At);

    private sealed record Row(
        long Transaction,
        long Seq,
        string Kind,
        Guid? CustomerId,
        byte[]? CustomerHash,
        string? Key,
        DateTimeOffset At
    )
    {
        public Change ToChange() => new(Kind, CustomerId, CustomerHash is null ? null : Convert.ToHexStringLower(CustomerHash), Key, At);
    }

    // Only transactions older than every one that is still open: what they wrote is final, and nothing can appear before it any more.
    private const string Sql = """
        select transaction::text::bigint as transaction, seq, kind, customer_id, customer_hash, key, at
        from changes
        where (transaction, seq) > (@Transaction::text::xid8, @Seq) and transaction < pg_snapshot_xmin(pg_current_snapshot())
        order by transaction, seq limit @Rows
        """;
}
