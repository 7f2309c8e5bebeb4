using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Quality;

/// <summary>How good the data is that everything else rests on: what is filled, what contradicts itself, what was refused and why.</summary>
internal static class ShowQuality
{
    /// <summary>Traits are looked at in as many profiles, the latest ones: a shop's mistakes of today, at any size.</summary>
    private const int Sample = 10_000;

    private static readonly TimeSpan RejectionsOf = TimeSpan.FromDays(7);

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Customers + "/quality", Handle)
            .RequireScope(Scope.Read)
            .WithSummary("Data quality: how full profiles are, types of traits, shared addresses, rejected calls by reason.");

    private static async Task<Ok<Report>> Handle(CustomersDatabase database, TimeProvider clock, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var filled = await work.QuerySingleAsync<Filled>(FilledSql, new { Sample }, ct);
        var traits = await work.QueryAsync<TraitRow>(TraitsSql, new { Sample }, ct);
        var shared = await work.QuerySingleAsync<int>(SharedSql, null, ct);
        var rejected = await work.QueryAsync<Rejected>(RejectedSql, new { Since = clock.GetUtcNow() - RejectionsOf }, ct);
        return TypedResults.Ok(
            new Report(
                filled,
                [
                    .. traits
                        .GroupBy(row => row.Name)
                        .Select(group => new TraitQuality(
                            group.Key,
                            group.Sum(row => row.Customers),
                            group
                                .OrderByDescending(row => row.Customers)
                                .ThenBy(row => row.Type, StringComparer.Ordinal)
                                .ToDictionary(row => row.Type, row => row.Customers)
                        ))
                        .OrderByDescending(trait => trait.Customers)
                        .ThenBy(trait => trait.Name, StringComparer.Ordinal),
                ],
                shared,
                rejected
            )
        );
    }

    /// <param name="Profiles">How full the profiles of identified customers are.</param>
    /// <param name="Traits">Each trait with its types: a trait with several is sent in different ways by different systems.</param>
    /// <param name="SharedAddresses">E-mail addresses that more than one customer has: candidates for a merge.</param>
    /// <param name="Rejected">Calls refused in the last seven days, by reason.</param>
    internal sealed record Report(
        Filled Profiles,
        IReadOnlyList<TraitQuality> Traits,
        int SharedAddresses,
        IReadOnlyList<Rejected> Rejected
    );

    /// <param name="Customers">Identified customers looked at: the 10,000 who were seen for the first time last.</param>
    /// <param name="UnusableEmail">Have a trait email that is no address.</param>
    internal sealed record Filled(
        int Customers,
        int UserId,
        int Email,
        int UnusableEmail,
        int Name,
        int Age,
        int Gender,
        int Country,
        int City,
        int Language,
        int TimeZone
    );

    internal sealed record TraitQuality(string Name, int Customers, IReadOnlyDictionary<string, int> Types);

    internal sealed record Rejected(string Reason, int Calls);

    private sealed record TraitRow(string Name, string Type, int Customers);

    // Ids are made in the order of time.
    private const string LatestSql = """
        with latest as materialized (
            select * from customers where user_id is not null or email is not null order by id desc limit @Sample
        )
        """;

    private const string FilledSql =
        LatestSql
        + """

            select count(*)::int as customers, count(user_id)::int as user_id, count(email)::int as email,
                   (count(*) filter (where email is null and traits ? 'email'))::int as unusable_email,
                   count(coalesce(first_name, last_name))::int as name, count(age)::int as age, count(gender)::int as gender,
                   count(country)::int as country, count(city)::int as city, count(language)::int as language, count(time_zone)::int as time_zone
            from latest
            """;

    private const string TraitsSql =
        LatestSql
        + """

            select name, type, count(*)::int as customers from (
                select trait.key as name,
                       case when jsonb_typeof(trait.value -> 'v') = 'string' and trait.value ->> 'v' ~ '^\d{4}-\d{2}-\d{2}([T ]|$)' then 'date'
                            else jsonb_typeof(trait.value -> 'v') end as type
                from latest, jsonb_each(traits) as trait
            ) as typed
            group by name, type order by customers desc, name limit 500
            """;

    private const string SharedSql = """
        select count(*)::int from (select from customers where email is not null group by email having count(*) > 1) as shared
        """;

    private const string RejectedSql = """
        select reason, count(*)::int as calls from rejections where received_at > @Since group by reason order by calls desc, reason
        """;
}
