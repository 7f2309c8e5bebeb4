using System.Diagnostics;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Privacy;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Privacy;

/// <summary>
/// A person asks to be forgotten. This service forgets at once; every other one answers with a receipt, and the request is complete when
/// all have. To ask again leads to the same request.
/// </summary>
internal static class EraseCustomer
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Customers + "/{id:guid}/erasure", Handle)
            .RequireScope(Scope.Admin)
            .WithSummary("Forget a person in every service.");
        root.MapGet(Routes.Customers + "/{id:guid}/erasure", Show)
            .RequireScope(Scope.Read)
            .WithSummary("How far the erasure of a person is.");
    }

    private static async Task<Results<Accepted<PrivacyRequestView>, ProblemHttpResult>> Handle(
        Guid id,
        CustomersDatabase database,
        PrivacyKey key,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var hash = await key.HasherAsync(ct);
        var request = await RequestAsync(database, id, hash, clock.GetUtcNow(), ct);
        return request is { } accepted ? await PrivacyRequest.AcceptedAsync(database, accepted, ct) : FindCustomers.NotFound();
    }

    private static async Task<Results<Ok<PrivacyRequestView>, ProblemHttpResult>> Show(
        Guid id,
        CustomersDatabase database,
        PrivacyKey key,
        CancellationToken ct
    )
    {
        var hash = await key.HasherAsync(ct);
        await using var work = await database.BeginAsync(ct);
        var request = await PrivacyRequest.FindAsync(work, PrivacyRequest.Erasure, hash(id.ToString()), onlyRunning: false, ct);
        return request is null
            ? Problem.NotFound("erasure", $"Nobody asked to erase this customer: POST {Routes.Customers}/{id}/erasure does.")
            : TypedResults.Ok((await PrivacyRequest.ReadAsync(database, "where q.id = @Id", new { Id = request }, ct)).Single());
    }

    private static async Task<Guid?> RequestAsync(
        CustomersDatabase database,
        Guid id,
        Func<string, byte[]> hash,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        await work.LockForErasureAsync(CustomersDatabase.Personal, ct);
        if (await PrivacyRequest.FindAsync(work, PrivacyRequest.Erasure, hash(id.ToString()), onlyRunning: false, ct) is { } known)
            return known;
        if (await KnownPerson.FindAsync(work, id, ct) is not { } person)
            return null;
        var request = Guid.CreateVersion7(now);
        await PrivacyRequest.OpenAsync(work, request, PrivacyRequest.Erasure, person, hash, now, ct);
        await RememberNamesAsync(work, request, person, hash, now, ct);
        await work.ExecuteAsync(
            "update privacy_requests set withdrawn = true, pending_ids = null where kind = 'export' and person_hashes && @Hashes",
            new { Hashes = person.Ids.Select(known => hash(known.ToString())).ToArray() },
            ct
        );
        var rejections = await ForgetRejectionsAsync(work, person, ct);
        var erased = await work.EraseAsync(CustomersDatabase.Personal, person.Ids, now, ct, person.Words);
        IReadOnlyList<TableRows> rows = rejections == 0 ? erased.Tables : [.. erased.Tables, new TableRows("rejections", rejections)];
        await PrivacyRequest.AnswerAsync(work, request, new Receipt(PrivacyRequest.Service, now, rows), ct);
        work.Publish(new CustomerErased(person.Id, now, request, person.Ids), Activity.Current?.Id);
        await work.CommitAsync(ct);
        return request;
    }

    private static Task RememberNamesAsync(
        UnitOfWork work,
        Guid request,
        KnownPerson person,
        Func<string, byte[]> hash,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        work.ExecuteAsync(
            """
            insert into erased_identifiers (hash, request_id, at)
            select distinct hash, @Request, @Now::timestamptz from unnest(@Hashes::bytea[]) as name (hash)
            on conflict (hash) do update set request_id = excluded.request_id, at = excluded.at
            """,
            new
            {
                Request = request,
                Now = now,
                Hashes = person.Names.Select(hash).ToArray(),
            },
            ct
        );

    /// <summary>Calls that could not be used are kept as they came, and know no customer.</summary>
    private static async Task<int> ForgetRejectionsAsync(UnitOfWork work, KnownPerson person, CancellationToken ct)
    {
        var traces = new PersonTraces(person.Ids, person.Words);
        var kept = await work.QueryAsync<(Guid Id, string Body, string Detail)>(
            """
            select id, body, detail from rejections
            where exists (select from unnest(@Hints::text[]) as hint (word) where strpos(lower(body || detail), lower(hint.word)) > 0)
            """,
            new { Hints = traces.Hints.ToArray() },
            ct
        );
        var gone = kept.Where(r => traces.Without(r.Body) != r.Body || traces.Without(r.Detail) != r.Detail).Select(r => r.Id).ToArray();
        return gone.Length == 0 ? 0 : await work.ExecuteAsync("delete from rejections where id = any(@gone)", new { gone }, ct);
    }
}
