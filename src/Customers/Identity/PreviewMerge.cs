using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Identity;

/// <summary>A trait that the two state differently.</summary>
/// <param name="Kept">What the merged profile would say: the newer word.</param>
internal sealed record TraitConflict(string Trait, string Kept, string Lost);

/// <summary>What a merge would do.</summary>
/// <param name="From">Would be folded.</param>
/// <param name="Into">Would stay.</param>
/// <param name="Rows">Rows that would change their customer, by table.</param>
/// <param name="Identifiers">What would lead to <paramref name="Into"/> from then on, as "kind:value".</param>
/// <param name="Profile">The demographics of the merged profile.</param>
/// <param name="SharedCarts">Carts that both have: the one touched last would stay.</param>
/// <param name="Warnings">What speaks against it.</param>
internal sealed record MergePreview(
    Guid From,
    Guid Into,
    IReadOnlyList<TableRows> Rows,
    IReadOnlyList<string> Identifiers,
    Demographics Profile,
    IReadOnlyList<TraitConflict> Conflicts,
    IReadOnlyList<string> SharedCarts,
    IReadOnlyList<string> Warnings
);

/// <summary><c>GET /api/v1/customers/{id}/merge-preview?with=…</c>: what would happen if the other were folded into this one. Changes nothing.</summary>
internal static class PreviewMerge
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Customers + "/{id:guid}/merge-preview", Handle)
            .RequireScope(Scope.Read)
            .WithSummary("What folding another customer into this one would do.");

    private static async Task<Results<Ok<MergePreview>, ProblemHttpResult>> Handle(
        Guid id,
        Guid? with,
        CustomersDatabase database,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (with is not { } other)
            return Problem.Invalid(new FieldError("with", "Give the id of the customer who would be folded into this one."));
        await using var work = await database.BeginAsync(ct);
        var current = await work.QueryAsync<(Guid Asked, Guid Id)>(CurrentSql, new { Ids = new[] { id, other } }, ct);
        var into = current.Where(row => row.Asked == id).Select(row => row.Id).SingleOrDefault();
        var from = current.Where(row => row.Asked == other).Select(row => row.Id).SingleOrDefault();
        if (into == default || from == default)
            return FindCustomers.NotFound();
        if (into == from)
            return Problem.Invalid(new FieldError("with", "Both ids already are the same customer."));
        var profiles = (await ProfileRows.LoadAsync(work, [into, from], ct)).ToDictionary(profile => profile.Id);
        var rows = new List<TableRows>();
        foreach (var table in MergedRows.Tables.Append("carts"))
            rows.Add(
                new TableRows(
                    table,
                    await work.QuerySingleAsync<long>($"select count(*) from {table} where customer_id = @from", new { from }, ct)
                )
            );
        var identifiers = await work.QueryAsync<string>(
            "select kind || ':' || value from identifiers where customer_id = @from order by 1",
            new { from },
            ct
        );
        var carts = await work.QueryAsync<string>(SharedCartsSql, new { from, into }, ct);
        var apart = await work.QuerySingleAsync<bool>(
            "select exists (select from kept_apart where customer_id = @from and other_id = @into)",
            new { from, into },
            ct
        );
        return TypedResults.Ok(
            Of(profiles[from], profiles[into], clock.GetUtcNow()) with
            {
                Rows = [.. rows.Where(row => row.Rows > 0)],
                Identifiers = identifiers,
                SharedCarts = carts,
                Warnings = [.. WarningsOf(profiles[from], profiles[into], apart)],
            }
        );
    }

    internal static MergePreview Of(Profile from, Profile into, DateTimeOffset now)
    {
        var merged = into.With(from);
        var conflicts = from
            .Traits.Where(trait =>
                into.Traits.TryGetValue(trait.Key, out var held) && !System.Text.Json.JsonElement.DeepEquals(held.V, trait.Value.V)
            )
            .OrderBy(trait => trait.Key, StringComparer.Ordinal)
            .Select(trait =>
            {
                var kept = merged.Traits[trait.Key];
                return new TraitConflict(
                    trait.Key,
                    kept.V.ToString(),
                    (ReferenceEquals(kept, trait.Value) ? into.Traits[trait.Key] : trait.Value).V.ToString()
                );
            });
        return new MergePreview(from.Id, into.Id, [], [], Demographics.Read(merged.Traits, now), [.. conflicts], [], []);
    }

    private static IEnumerable<string> WarningsOf(Profile from, Profile into, bool apart)
    {
        if (from.UserId is { } one && into.UserId is { } other && one != other)
            yield return $"Both have a user id ('{one}' and '{other}'): the shop knows them as two people.";
        if (apart)
            yield return "These two were merged before, and the merge was undone.";
    }

    private const string CurrentSql = """
        select asked.id as asked, c.id
        from unnest(@Ids::uuid[]) as asked (id)
        left join merges m on m.from_id = asked.id
        join customers c on c.id = coalesce(m.into_id, asked.id)
        """;

    private const string SharedCartsSql = """
        select cart_id from carts where customer_id = @into and cart_id in (select cart_id from carts where customer_id = @from) order by 1
        """;
}
