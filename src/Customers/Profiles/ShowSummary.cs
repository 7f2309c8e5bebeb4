using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Customers.Consent;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>What somebody who talks to the customer wants to know at once: for a till, a help desk, a shop assistant.</summary>
internal static class ShowSummary
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Customers + "/{id:guid}/summary", Handle)
            .RequireScope(Scope.Read)
            .WithSummary("Segments, scores, value, consent, next best product and preferred channel of a customer.");

    private static async Task<Results<Ok<View>, ProblemHttpResult>> Handle(
        Guid id,
        CustomersDatabase database,
        RecommendationsClient recommendations,
        ScoresClient scores,
        IOptions<Shop> shop,
        CancellationToken ct
    )
    {
        View? view;
        await using (var work = await database.BeginAsync(ct))
            view = await ReadAsync(work, id, shop.Value.Currency, ct);
        if (view is null)
            return FindCustomers.NotFound();
        // Outside of the transaction: other services may take their time.
        var best = recommendations.BestForAsync(view.Id, ct);
        var known = scores.OfAsync(view.Id, ct);
        return TypedResults.Ok(view with { NextBestProduct = await best, Scores = await known });
    }

    private static async Task<View?> ReadAsync(UnitOfWork work, Guid id, string currency, CancellationToken ct)
    {
        if (
            await work.QuerySingleOrDefaultAsync<Guid?>(CustomersDatabase.CurrentIdSql, new { Id = id }, ct) is not { } customer
            || await work.QuerySingleOrDefaultAsync<Person>(PersonSql, new { Id = customer }, ct) is not { } person
        )
            return null;
        var computed = await ComputedTraits.ReadAsync(work, customer, person.FirstSeenAt, person.LastSeenAt, currency, ct);
        return new View(
            customer,
            person.UserId,
            person.Email,
            person.FirstName,
            person.LastName,
            await work.QueryAsync<Segment>(SegmentsSql, new { Id = customer }, ct),
            null,
            await ListConsents.CurrentAsync(work, customer, ct),
            computed,
            computed.PreferredChannel,
            null
        );
    }

    /// <param name="Segments">As Segmentation told.</param>
    /// <param name="Scores">Of predictions and the RFM grid, each with its time; absent while Segmentation is away.</param>
    /// <param name="NextBestProduct">Absent while Recommendation is away or has nothing for this customer.</param>
    internal sealed record View(
        Guid Id,
        string? UserId,
        string? Email,
        string? FirstName,
        string? LastName,
        IReadOnlyList<Segment> Segments,
        IReadOnlyList<CustomerScore>? Scores,
        IReadOnlyList<CurrentConsent> Consents,
        ComputedTraits Computed,
        string? PreferredChannel,
        RecommendedProduct? NextBestProduct
    );

    internal sealed record Segment(string Name, DateTimeOffset Since);

    private sealed record Person(
        string? UserId,
        string? Email,
        string? FirstName,
        string? LastName,
        DateTimeOffset FirstSeenAt,
        DateTimeOffset LastSeenAt
    );

    private const string PersonSql = """
        select user_id, email, first_name, last_name, first_seen_at, last_seen_at from customers where id = @Id
        """;

    private const string SegmentsSql = """
        select name, at as since from (
            select distinct on (name) name, kind, at from timeline_entries
            where customer_id = @Id and kind in ('segment-entered', 'segment-left') order by name, at desc, kind desc
        ) as latest
        where kind = 'segment-entered' order by at desc, name
        """;
}
