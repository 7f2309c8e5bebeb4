using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Deliverability;

/// <summary>How many addresses must not be mailed, by why.</summary>
internal sealed record SuppressionCount(string Reason, int Addresses);

/// <param name="Evidence">The mail server's own words, without the address; null where the person said it.</param>
internal sealed record SuppressionView(string Reason, string? Evidence, DateTimeOffset At);

/// <param name="Latest">The newest of them. Addresses are not shown: they are kept as keyed hashes only.</param>
internal sealed record Suppressions(IReadOnlyList<SuppressionCount> Counts, IReadOnlyList<SuppressionView> Latest);

/// <summary><c>GET /api/v1/messages/suppressions</c>: who gets no mail any more, and on what evidence.</summary>
internal static class ListSuppressions
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Messages + "/suppressions", HandleAsync)
            .RequireScope(Scope.Read)
            .WithName("listSuppressions")
            .WithSummary("How many addresses get no mail any more, and why.");

    internal static async Task<IResult> HandleAsync(EmailDatabase db, int? limit, CancellationToken ct)
    {
        if (!Limit.TryRead(limit, out var rows, out var badLimit))
            return Problem.Invalid(badLimit);
        var counts = await db.QueryAsync<SuppressionCount>(
            "select reason, count(*)::int as addresses from suppressions group by reason order by 2 desc, 1",
            null,
            ct
        );
        var latest = await db.QueryAsync<SuppressionView>(
            "select reason, evidence, at from suppressions order by at desc limit @Rows",
            new { Rows = rows },
            ct
        );
        return TypedResults.Ok(new Suppressions(counts, latest));
    }
}
