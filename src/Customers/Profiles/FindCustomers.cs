using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>Finds customers by what the shop calls them.</summary>
internal static class FindCustomers
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Customers, List).RequireScope(Scope.Read);
        root.MapGet(Routes.Customers + "/{id:guid}", One).RequireScope(Scope.Read);
    }

    private static async Task<Results<Ok<Page<CustomerView>>, ProblemHttpResult>> List(
        string? userId,
        string? anonymousId,
        string? email,
        int? limit,
        string? cursor,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var rows, out var error))
            return Problem.Invalid(error);
        // No id has a U+0000, and PostgreSQL refuses to look for one.
        if ($"{userId}{anonymousId}{email}".Contains('\0', StringComparison.Ordinal))
            return TypedResults.Ok(new Page<CustomerView>([], null));
        var after = Cursor.Decode(cursor, 1) is [var text] && Guid.TryParse(text, out var id) ? id : (Guid?)null;
        var found = await database.QueryAsync<CustomerView>(
            ViewSql
                + """

                where (@After::uuid is null or c.id > @After)
                  and (@Email::text is null or c.email = lower(@Email))
                  and (@UserId::text is null or c.id = (select customer_id from identifiers where kind = 'user_id' and value = @UserId))
                  and (@AnonymousId::text is null or c.id = (select customer_id from identifiers where kind = 'anonymous_id' and value = @AnonymousId))
                order by c.id limit @Rows + 1
                """,
            new
            {
                After = after,
                Email = email,
                UserId = userId,
                AnonymousId = anonymousId,
                Rows = rows,
            },
            ct
        );
        var more = found.Count > rows;
        return TypedResults.Ok(
            new Page<CustomerView>(more ? [.. found.Take(rows)] : found, more ? Cursor.Encode(found[rows - 1].Id.ToString()) : null)
        );
    }

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> One(Guid id, CustomersDatabase database, CancellationToken ct)
    {
        // An id that was folded into another still leads to the person.
        var customer = await database.QuerySingleOrDefaultAsync<CustomerView>(
            ViewSql + " where c.id = coalesce((select into_id from merges where from_id = @Id), @Id)",
            new { Id = id },
            ct
        );
        return customer is null
            ? Problem.NotFound("customer", "Find customers with GET /api/v1/customers?userId=, ?email= or ?anonymousId=.")
            : TypedResults.Ok(customer);
    }

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

    private const string ViewSql = """
        select c.id, c.user_id, c.email, c.first_name, c.last_name, c.age, c.gender, c.country, c.city, c.language, c.time_zone,
               c.first_seen_at, c.last_seen_at
        from customers c
        """;
}
