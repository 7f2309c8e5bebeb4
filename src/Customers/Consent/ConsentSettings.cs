using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Consent;

/// <param name="DoubleOptIn">Purposes for which a permission counts once the owner of the address has confirmed it. None unless set.</param>
internal sealed record ConsentSettings(IReadOnlyList<string>? DoubleOptIn)
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.ConsentSettings, Get).RequireScope(Scope.Read);
        root.MapPut(Routes.ConsentSettings, Put).RequireScope(Scope.Write);
    }

    public static async Task<IReadOnlyList<string>> ReadAsync(UnitOfWork work, CancellationToken ct) =>
        Parse(await work.QuerySingleOrDefaultAsync<string>(ReadSql, null, ct));

    private static async Task<Ok<ConsentSettings>> Get(CustomersDatabase database, CancellationToken ct) =>
        TypedResults.Ok(new ConsentSettings(Parse(await database.QuerySingleOrDefaultAsync<string>(ReadSql, null, ct))));

    private static async Task<Results<Ok<ConsentSettings>, ProblemHttpResult>> Put(
        ConsentSettings settings,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (settings.DoubleOptIn is not { } purposes || !purposes.All(ConsentPurposes.All.Contains))
            return Problem.Invalid(
                new FieldError(
                    "doubleOptIn",
                    $"Give a list of purposes, of {string.Join(", ", ConsentPurposes.All)}; an empty one for none."
                )
            );
        await database.ExecuteAsync(
            """
            insert into settings (key, value) values ('consents.double_opt_in', @Value::jsonb)
            on conflict (key) do update set value = excluded.value
            """,
            new { Value = JsonSerializer.Serialize(purposes.Distinct()) },
            ct
        );
        return TypedResults.Ok(settings);
    }

    private static string[] Parse(string? stored) => stored is null ? [] : JsonSerializer.Deserialize<string[]>(stored)!;

    private const string ReadSql = "select value::text from settings where key = 'consents.double_opt_in'";
}
