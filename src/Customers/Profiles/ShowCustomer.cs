using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Consent;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>One customer whole: names, traits, demographics, what follows from the events, and what the customer agreed to.</summary>
internal static class ShowCustomer
{
    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.Customers + "/{id:guid}", Handle).RequireScope(Scope.Read);

    private static async Task<Results<Ok<View>, ProblemHttpResult>> Handle(
        Guid id,
        CustomersDatabase database,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        if (
            await work.QuerySingleOrDefaultAsync<Guid?>(CustomersDatabase.CurrentIdSql, new { Id = id }, ct) is not { } customer
            || await work.QuerySingleOrDefaultAsync<Row>(RowSql, new { Id = customer }, ct) is not { } row
        )
            return FindCustomers.NotFound();
        var identifiers = await work.QueryAsync<IdentifierView>(
            "select kind, value from identifiers where customer_id = @Id order by kind desc, value",
            new { Id = customer },
            ct
        );
        var merged = await work.QueryAsync<MergedRow>(MergedSql, new { Id = customer, MostMerged }, ct);
        var consents = await ListConsents.CurrentAsync(work, customer, ct);
        var computed = await ComputedTraits.ReadAsync(work, customer, row.FirstSeenAt, row.LastSeenAt, shop.Value.Currency, ct);
        return TypedResults.Ok(row.ToView(identifiers, [.. merged.Select(part => part.ToView())], consents, computed, clock.GetUtcNow()));
    }

    /// <param name="Kind">userId, anonymousId, …: as in the collect API.</param>
    internal sealed record IdentifierView(string Kind, string Value)
    {
        public string Kind { get; init; } =
            JsonNamingPolicy.CamelCase.ConvertName(
                string.Concat(Kind.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..]))
            );
    }

    private const int MostMerged = 100;

    /// <param name="Age">Today, where the birth date is known; as sent otherwise.</param>
    internal sealed record DemographicsView(
        string? FirstName,
        string? LastName,
        string? Email,
        DateOnly? BirthDate,
        int? Age,
        string? Gender,
        string? Country,
        string? Region,
        string? City,
        string? PostalCode,
        string? Language,
        string? TimeZone
    );

    internal sealed record View(
        Guid Id,
        string? UserId,
        string? Email,
        string? FirstName,
        string? LastName,
        int? Age,
        string? Gender,
        string? Country,
        string? City,
        string? Language,
        string? TimeZone,
        DateTimeOffset FirstSeenAt,
        DateTimeOffset LastSeenAt,
        IReadOnlyList<IdentifierView> Identifiers,
        IReadOnlyDictionary<string, JsonElement> Traits,
        DemographicsView Demographics,
        ComputedTraits Computed,
        IReadOnlyList<CurrentConsent> Consents,
        IReadOnlyList<MergedView> Merged
    );

    /// <summary>An id that was folded into this customer: <c>POST /api/v1/customers/{Id}/unmerge</c> makes it one of its own again.</summary>
    /// <param name="Names">What the shop called it: user ids, addresses, phone numbers, else anonymous ids.</param>
    /// <param name="At">When the two proved to be one.</param>
    /// <param name="CanBeUndone">Not where the merge is older than what is needed to undo it.</param>
    internal sealed record MergedView(Guid Id, IReadOnlyList<string> Names, DateTimeOffset At, bool CanBeUndone);

    private sealed record MergedRow(Guid Id, string Names, DateTimeOffset At, bool CanBeUndone)
    {
        public MergedView ToView() => new(Id, JsonSerializer.Deserialize<string[]>(Names)!, At, CanBeUndone);
    }

    private sealed record Row(
        Guid Id,
        string? UserId,
        string? Email,
        string? FirstName,
        string? LastName,
        int? Age,
        string? Gender,
        string? Country,
        string? City,
        string? Language,
        string? TimeZone,
        string Traits,
        DateTimeOffset FirstSeenAt,
        DateTimeOffset LastSeenAt
    )
    {
        public View ToView(
            IReadOnlyList<IdentifierView> identifiers,
            IReadOnlyList<MergedView> merged,
            IReadOnlyList<CurrentConsent> consents,
            ComputedTraits computed,
            DateTimeOffset now
        )
        {
            var traits = JsonSerializer.Deserialize<Dictionary<string, Trait>>(Traits, Json.Options)!;
            var read = Demographics.Read(traits, now);
            return new View(
                Id,
                UserId,
                Email,
                FirstName,
                LastName,
                read.Age,
                Gender,
                Country,
                City,
                Language,
                TimeZone,
                computed.FirstSeen,
                computed.LastSeen,
                identifiers,
                traits.OrderBy(trait => trait.Key, StringComparer.Ordinal).ToDictionary(trait => trait.Key, trait => trait.Value.V),
                new DemographicsView(
                    FirstName,
                    LastName,
                    Email,
                    Demographics.BirthDate(traits),
                    read.Age,
                    Gender,
                    Country,
                    Demographics.Place(traits, "region", "state"),
                    City,
                    Demographics.Place(traits, "postalCode", "postal_code", "zip"),
                    Language,
                    TimeZone
                ),
                computed,
                consents,
                merged
            );
        }
    }

    private const string MergedSql = """
        select m.from_id as id,
               to_jsonb(array(
                   select value from identifiers i where i.customer_id = @Id and i.origin_id = m.from_id
                   order by kind = 'anonymous_id', kind desc, value limit 5
               ))::text as names,
               m.at, m.merged_into_id is not null as can_be_undone
        from merges m where m.into_id = @Id order by m.at desc, m.from_id limit @MostMerged
        """;

    private const string RowSql = """
        select id, user_id, email, first_name, last_name, age, gender, country, city, language, time_zone, traits::text as traits,
               first_seen_at, last_seen_at
        from customers where id = @Id
        """;
}
