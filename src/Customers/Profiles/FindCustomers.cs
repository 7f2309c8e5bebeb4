using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>Finds customers by what the shop calls them, or by any part of e-mail, name and user id.</summary>
internal static class FindCustomers
{
    private const int MaxSearchLength = 200;

    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.Customers, List).RequireScope(Scope.Read);

    private static async Task<Results<Ok<Page<CustomerView>>, ProblemHttpResult>> List(
        string? userId,
        string? anonymousId,
        string? email,
        string? search,
        int? limit,
        string? cursor,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var rows, out var error))
            return Problem.Invalid(error);
        if (search?.Length > MaxSearchLength)
            return Problem.Invalid(new FieldError("search", $"Give at most {MaxSearchLength} characters."));
        // No id has a U+0000, and PostgreSQL refuses to look for one.
        if ($"{userId}{anonymousId}{email}{search}".Contains('\0', StringComparison.Ordinal))
            return TypedResults.Ok(new Page<CustomerView>([], null));
        if (!Cursor.TryRead(cursor, out var after, out var badCursor))
            return Problem.Invalid(badCursor);
        var words = SearchWords.Read(search);
        var found = await database.QueryAsync<CustomerView>(
            Sql,
            new
            {
                After = after,
                Email = email,
                UserId = userId,
                AnonymousId = anonymousId,
                words?.Pieces,
                words?.Anywhere,
                Rows = rows,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of(found, rows, customer => customer.Id));
    }

    /// <summary>What is said wherever an id names nobody.</summary>
    internal static ProblemHttpResult NotFound() =>
        Problem.NotFound("customer", $"Find customers with GET {Routes.Customers}?userId=, ?email= or ?anonymousId=.");

    private sealed record CustomerView(
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
        DateTimeOffset LastSeenAt
    );

    private const string Sql = """
        select c.id, c.user_id, c.email, c.first_name, c.last_name, c.age, c.gender, c.country, c.city, c.language, c.time_zone,
               c.first_seen_at, greatest(c.last_seen_at, (select max(e.at) from events e where e.customer_id = c.id)) as last_seen_at
        from customers c
        where (@After::uuid is null or c.id > @After)
          and (@Email::text is null or c.email = lower(@Email) or c.id = (select customer_id from identifiers where kind = 'email' and value = lower(@Email)))
          and (@UserId::text is null or c.id = (select customer_id from identifiers where kind = 'user_id' and value = @UserId))
          and (@AnonymousId::text is null or c.id = (select customer_id from identifiers where kind = 'anonymous_id' and value = @AnonymousId))
          and (@Pieces::text[] is null or c.search_pieces @> @Pieces)
          and (@Anywhere::text[] is null or c.search_text like all (@Anywhere))
        order by c.id limit @Rows + 1
        """;
}
