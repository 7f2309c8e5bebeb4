using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Carts;

/// <param name="AbandonedAfter">How long a cart lies untouched before it counts as abandoned; 1 second to 30 days, 1 hour unless changed.</param>
internal sealed record CartSettings(TimeSpan? AbandonedAfter)
{
    private static readonly TimeSpan Default = TimeSpan.FromHours(1);

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.CartSettings, Get).RequireScope(Scope.Read);
        root.MapPut(Routes.CartSettings, Put).RequireScope(Scope.Write);
    }

    public static async Task<TimeSpan> ReadAsync(UnitOfWork work, CancellationToken ct) =>
        Parse(await work.QuerySingleOrDefaultAsync<string>(ReadSql, null, ct));

    private static async Task<Ok<CartSettings>> Get(CustomersDatabase database, CancellationToken ct) =>
        TypedResults.Ok(new CartSettings(Parse(await database.QuerySingleOrDefaultAsync<string>(ReadSql, null, ct))));

    private static async Task<Results<Ok<CartSettings>, ProblemHttpResult>> Put(
        CartSettings settings,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (settings.AbandonedAfter is not { } delay || delay < TimeSpan.FromSeconds(1) || delay > TimeSpan.FromDays(30))
            return Problem.Invalid(
                new FieldError("abandonedAfter", "Give a time from 00:00:01 to 30.00:00:00, such as 01:00:00 for an hour.")
            );
        await database.ExecuteAsync(
            """
            insert into settings (key, value) values ('carts.abandoned_after', to_jsonb(@Delay::text))
            on conflict (key) do update set value = excluded.value
            """,
            new { Delay = delay.ToString() },
            ct
        );
        return TypedResults.Ok(settings);
    }

    private static TimeSpan Parse(string? stored) =>
        stored is null ? Default : TimeSpan.Parse(stored, System.Globalization.CultureInfo.InvariantCulture);

    private const string ReadSql = "select value #>> '{}' from settings where key = 'carts.abandoned_after'";
}
