using System.Diagnostics;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Consent;

/// <summary>A customer said yes or no to a purpose, somewhere outside of the collect API.</summary>
/// <param name="Source">Where it was said; kept as evidence.</param>
/// <param name="At">When; now where absent.</param>
/// <param name="TextVersion">Which wording the customer saw.</param>
/// <param name="Ip">Where from.</param>
/// <param name="Token">Proof that this customer said it, such as that of a confirmation by a system of the shop.</param>
internal sealed record RecordConsent(
    string? Purpose,
    bool? Granted,
    string? Source,
    DateTimeOffset? At,
    string? TextVersion = null,
    string? Ip = null,
    string? Token = null
)
{
    /// <summary>Clocks of tills run ahead a little: what was said in their near future is said now.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Customers + "/{id:guid}/consents", Handle).RequireScope(Scope.Write);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id,
        RecordConsent request,
        CustomersDatabase database,
        ConsentLedger ledger,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var errors = Check(request, now).ToArray();
        if (errors.Length > 0)
            return Problem.Invalid(errors);
        await using var work = await database.BeginAsync(ct);
        var customer = await work.QuerySingleOrDefaultAsync<Guid?>(CustomersDatabase.CurrentIdSql, new { Id = id }, ct);
        if (customer is null)
            return FindCustomers.NotFound();
        var record = new ConsentRecord(
            customer.Value,
            request.Purpose!,
            request.Granted!.Value,
            request.Source!,
            request.At < now ? request.At.Value : now,
            Activity.Current?.Id,
            new ConsentEvidence(request.TextVersion, request.Ip, request.Token),
            Vouched: true
        );
        await ledger.StoreAsync(work, [record], now, ct);
        await work.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    private static IEnumerable<FieldError> Check(RecordConsent request, DateTimeOffset now)
    {
        if (request.Purpose is null || !ConsentPurposes.All.Contains(request.Purpose))
            yield return new FieldError("purpose", $"Give one of: {string.Join(", ", ConsentPurposes.All)}.");
        if (request.Granted is null)
            yield return new FieldError("granted", "Give true or false.");
        if (
            string.IsNullOrWhiteSpace(request.Source)
            || request.Source.Length > ConsentRecord.MaxSourceLength
            || request.Source.Any(char.IsControl)
        )
            yield return new FieldError("source", $"Say in 1 to {ConsentRecord.MaxSourceLength} characters where the customer said it.");
        foreach (var (field, value) in new[] { ("textVersion", request.TextVersion), ("ip", request.Ip), ("token", request.Token) })
            if (value is not null && (value.Length is 0 or > ConsentEvidence.MaxLength || value.Any(char.IsControl)))
                yield return new FieldError(field, $"Give 1 to {ConsentEvidence.MaxLength} characters, or leave it out.");
        if (request.At > now + ClockTolerance)
            yield return new FieldError("at", "A consent cannot be given in the future.");
    }
}
