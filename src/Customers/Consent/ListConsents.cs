using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Consent;

/// <summary>What now holds for a purpose.</summary>
internal sealed record CurrentConsent(string Purpose, bool Granted, DateTimeOffset At, string Source);

/// <summary>The ledger of one customer, newest first, each statement with its evidence.</summary>
internal static class ListConsents
{
    private const int Most = 1000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Customers + "/{id:guid}/consents", Handle)
            .RequireScope(Scope.Read)
            .WithSummary("Everything this customer allowed or forbade, with the evidence.");

    public static Task<IReadOnlyList<CurrentConsent>> CurrentAsync(UnitOfWork work, Guid customer, CancellationToken ct) =>
        work.QueryAsync<CurrentConsent>(
            """
            select distinct on (purpose) purpose, granted, at, source
            from consents where customer_id = @Id order by purpose, greatest(at, repeated_at) desc, granted
            """,
            new { Id = customer },
            ct
        );

    private static async Task<Results<Ok<Page<Statement>>, ProblemHttpResult>> Handle(
        Guid id,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        if (await work.QuerySingleOrDefaultAsync<Guid?>(CustomersDatabase.CurrentIdSql, new { Id = id }, ct) is not { } customer)
            return FindCustomers.NotFound();
        var ledger = await work.QueryAsync<Statement>(
            """
            select id, purpose, granted, source, text_version, ip, token, at, repeated_at, recorded_at
            from consents where customer_id = @Id order by at desc, id desc limit @Most
            """,
            new { Id = customer, Most },
            ct
        );
        return TypedResults.Ok(new Page<Statement>(ledger, null));
    }

    /// <param name="RepeatedAt">When the same was last said again.</param>
    /// <param name="RecordedAt">When the platform heard of it.</param>
    internal sealed record Statement(
        Guid Id,
        string Purpose,
        bool Granted,
        string Source,
        string? TextVersion,
        string? Ip,
        string? Token,
        DateTimeOffset At,
        DateTimeOffset? RepeatedAt,
        DateTimeOffset RecordedAt
    );
}
