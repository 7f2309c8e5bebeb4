using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Carts;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Identity;

/// <param name="Restored">The customer who is its own again.</param>
/// <param name="Remaining">The customer whom it was merged into.</param>
internal sealed record Unmerged(Guid Restored, Guid Remaining, DateTimeOffset At);

/// <summary>
/// Takes a merge back: each has again what it brought. What was recorded in between stays where it was recorded, in every service: nobody
/// can say any more who of the two it was.
/// </summary>
internal static class UnmergeCustomers
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Customers + "/{id:guid}/unmerge", Handle)
            .RequireScope(Scope.Write)
            .WithSummary("Undo the merge that folded this customer into another.");

    private static async Task<Results<Ok<Unmerged>, ProblemHttpResult>> Handle(
        Guid id,
        CustomersDatabase database,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        var merge = await work.QuerySingleOrDefaultAsync<MergeRow>(MergeSql, new { Id = id }, ct);
        if (merge is null)
            return await NotMergedAsync(work, id, ct);
        // Locked first, as everybody does who writes about this person.
        var current = (await ProfileRows.LoadAsync(work, [merge.IntoId], ct)).SingleOrDefault();
        if (current is null || await work.QuerySingleOrDefaultAsync<MergeRow>(MergeSql, new { Id = id }, ct) != merge)
            return Problem.Of(
                409,
                "customer-changed",
                "The customer was just changed",
                "Somebody merged, parted or erased it at the same time. Try again."
            );
        var parts = await ProfileRows.LoadPartsAsync(work, merge.IntoId, ct);
        var group = (await work.QueryAsync<Guid>(GroupSql, new { Id = id }, ct)).ToHashSet();
        if (merge.MergedIntoId is null || !parts.Any(part => part.Id == id))
            return Problem.Of(
                409,
                "merge-too-old",
                "This merge cannot be undone",
                "The customers were merged by a version of the platform that did not keep what is needed. Erase and import the customers instead."
            );
        var now = clock.GetUtcNow();
        var at = now > merge.At ? now : merge.At.AddMilliseconds(1);
        var events = (await work.QueryAsync<SaidRow>(SaidSql, new { Id = merge.IntoId }, ct)).ToLookup(row => row.Origin);
        var users = await work.QueryAsync<string>(UserIdsSql, new { Id = merge.IntoId, Group = group.ToArray() }, ct);
        var (restored, remaining) = Parting.Part(
            current,
            [.. parts.Select(part => events[part.Id].Aggregate(part, (profile, said) => said.SaidOf(profile)))],
            group,
            users.ToHashSet(),
            id
        );
        await MergedRows.ReturnAsync(work, id, merge.IntoId, group, ct);
        await ReturnCarts.ReturnAsync(work, id, merge.IntoId, group, ct);
        await StoreProfiles.PartAsync(work, current, restored, remaining, now, ct);
        var counts = new DayCounts(TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone));
        counts.NewCustomers(current.FirstSeenAt, -1);
        counts.NewCustomers(restored.FirstSeenAt, 1);
        counts.NewCustomers(remaining.FirstSeenAt, 1);
        await counts.SaveAsync(work, ct);
        await work.ExecuteAsync(
            SettleSql,
            new
            {
                From = id,
                Into = merge.IntoId,
                At = at,
            },
            ct
        );
        work.Publish(new CustomersUnmerged(id, merge.IntoId, at), Activity.Current?.Id);
        await work.CommitAsync(ct);
        return TypedResults.Ok(new Unmerged(id, merge.IntoId, at));
    }

    private static async Task<ProblemHttpResult> NotMergedAsync(UnitOfWork work, Guid id, CancellationToken ct)
    {
        var folded = await work.QueryAsync<Guid>(
            "select from_id from merges where into_id = @Id order by at desc limit 20",
            new { Id = id },
            ct
        );
        return Problem.NotFound(
            "merge",
            folded.Count == 0
                ? "This customer was not merged with anybody. Find customers with GET /api/v1/customers?userId=, ?email= or ?anonymousId=."
                : $"This customer was not merged into another. Unmerge one of those that were merged into it: {string.Join(", ", folded)}."
        );
    }

    private sealed record MergeRow(Guid IntoId, Guid? MergedIntoId, DateTimeOffset At);

    private sealed record SaidRow(Guid Origin, string? Traits, DateTimeOffset At)
    {
        public Profile SaidOf(Profile profile)
        {
            var seen = profile.SeenAt(At);
            return Traits is null ? seen : seen.With(JsonElement.Parse(Traits), At);
        }
    }

    private const string MergeSql = "select into_id, merged_into_id, at from merges where from_id = @Id";

    private const string GroupSql = """
        with recursive below (id) as (
            select @Id::uuid
            union
            select m.from_id from merges m join below b on m.merged_into_id = b.id
        )
        select id from below
        """;

    // What each id that is this person said of itself, and when it was first and last seen.
    private const string SaidSql = """
        select coalesce(origin_id, customer_id) as origin, properties::text as traits, at from events
        where customer_id = @Id and kind = 'identify' and jsonb_typeof(properties) = 'object'
        union all
        select coalesce(origin_id, customer_id), null, min(at) from events where customer_id = @Id group by 1
        union all
        select coalesce(origin_id, customer_id), null, max(at) from events where customer_id = @Id group by 1
        """;

    private const string UserIdsSql = """
        select value from identifiers where customer_id = @Id and kind = 'user_id' and origin_id = any(@Group)
        """;

    // Who is alone again needs no parts: the profile is one.
    private const string SettleSql = """
        delete from profile_parts p using (
            select customer_id from profile_parts where customer_id in (@From, @Into) group by customer_id having count(*) = 1
        ) as alone
        where p.customer_id = alone.customer_id and p.origin_id = p.customer_id;
        insert into kept_apart values (@From, @Into, @At), (@Into, @From, @At) on conflict do nothing;
        """;
}
