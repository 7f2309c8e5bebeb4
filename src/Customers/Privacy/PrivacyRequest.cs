using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Privacy;

/// <summary>What a service answered.</summary>
/// <param name="Tables">Rows deleted (erasure) or given (export), by table; tables without a row of the person are left out.</param>
internal sealed record Receipt(string Service, DateTimeOffset At, IReadOnlyList<TableRows> Tables);

/// <summary>A request as people see it.</summary>
/// <param name="State">running, complete, or withdrawn: an export whose person was erased, or that lay there long enough.</param>
/// <param name="WaitingFor">Services that have not answered.</param>
/// <param name="LateEvents">Events of the erased person that came after the erasure and were dropped.</param>
internal sealed record PrivacyRequestView(
    Guid Id,
    string Kind,
    string State,
    DateTimeOffset RequestedAt,
    DateTimeOffset? CompletedAt,
    IReadOnlyList<string> WaitingFor,
    IReadOnlyList<Receipt> Receipts,
    long LateEvents
);

/// <summary>Reads and writes the requests; the decisions are in the use cases.</summary>
internal static class PrivacyRequest
{
    public const string Erasure = "erasure";
    public const string Export = "export";
    public const string Service = "customers";

    /// <summary>This service, and all that hear of an erasure.</summary>
    private static readonly string[] Everybody = [Service, .. Subscriptions.ByEvent[typeof(CustomerErased)]];

    public static Task OpenAsync(
        UnitOfWork work,
        Guid id,
        string kind,
        KnownPerson person,
        Func<string, byte[]> hash,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        work.ExecuteAsync(
            """
            insert into privacy_requests (id, kind, person_hashes, pending_ids, services, requested_at)
            values (@Id, @Kind, @Hashes, @Ids, @Everybody, @Now)
            """,
            new
            {
                Id = id,
                Kind = kind,
                Hashes = person.Ids.Select(known => hash(known.ToString())).ToArray(),
                Ids = person.Ids.ToArray(),
                Everybody,
                Now = now,
            },
            ct
        );

    /// <returns>The newest request of this kind that names the person and still counts.</returns>
    public static Task<Guid?> FindAsync(UnitOfWork work, string kind, byte[] personHash, bool onlyRunning, CancellationToken ct) =>
        work.QuerySingleOrDefaultAsync<Guid?>(
            """
            select id from privacy_requests
            where kind = @Kind and person_hashes @> array[@Hash]::bytea[] and not withdrawn and (completed_at is null or not @OnlyRunning)
            order by id desc limit 1
            """,
            new
            {
                Kind = kind,
                Hash = personHash,
                OnlyRunning = onlyRunning,
            },
            ct
        );

    /// <summary>Keeps a receipt once, however often it comes.</summary>
    /// <returns>Whether every service has answered and nobody had noticed: the caller completes the request.</returns>
    public static async Task<bool> AnswerAsync(UnitOfWork work, Guid request, Receipt receipt, CancellationToken ct) =>
        await work.QuerySingleOrDefaultAsync<bool?>(
            """
            select completed_at is null from privacy_requests where id = @Request for update;
            """,
            new { Request = request },
            ct
        ) == true
        && await work.QuerySingleAsync<bool>(
            """
            with answered as (
                insert into privacy_receipts (request_id, service, tables, at) values (@Request, @Service, @Tables::jsonb, @At)
                on conflict do nothing returning service
            )
            select r.services <@ (
                array(select service from privacy_receipts where request_id = @Request) || array(select service from answered)
            )
            from privacy_requests r where r.id = @Request
            """,
            new
            {
                Request = request,
                receipt.Service,
                Tables = JsonSerializer.Serialize(receipt.Tables, Json.Options),
                At = receipt.At.ToUniversalTime(),
            },
            ct
        );

    public static Task CompleteAsync(UnitOfWork work, Guid request, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            "update privacy_requests set completed_at = @Now, pending_ids = null where id = @Request",
            new { Request = request, Now = now },
            ct
        );

    public static async Task<IReadOnlyList<PrivacyRequestView>> ReadAsync(
        CustomersDatabase database,
        string where,
        object args,
        CancellationToken ct
    ) => [.. (await database.QueryAsync<Row>(ViewSql + where, args, ct)).Select(row => row.ToView())];

    /// <summary>The answer to who made the request.</summary>
    public static async Task<Accepted<PrivacyRequestView>> AcceptedAsync(CustomersDatabase database, Guid request, CancellationToken ct) =>
        TypedResults.Accepted(
            $"{Routes.Privacy}/requests/{request}",
            (await ReadAsync(database, "where q.id = @Id", new { Id = request }, ct)).Single()
        );

    private sealed record Row(
        Guid Id,
        string Kind,
        bool Withdrawn,
        string Services,
        DateTimeOffset RequestedAt,
        DateTimeOffset? CompletedAt,
        long LateEvents,
        string Receipts
    )
    {
        public PrivacyRequestView ToView()
        {
            var services = JsonSerializer.Deserialize<string[]>(Services, Json.Options)!;
            var receipts = JsonSerializer.Deserialize<Receipt[]>(Receipts, Json.Options)!;
            return new PrivacyRequestView(
                Id,
                Kind,
                Withdrawn ? "withdrawn"
                    : CompletedAt is null ? "running"
                    : "complete",
                RequestedAt,
                CompletedAt,
                [.. services.Except(receipts.Select(receipt => receipt.Service))],
                receipts,
                LateEvents
            );
        }
    }

    private const string ViewSql = """
        select q.id, q.kind, q.withdrawn, to_jsonb(q.services)::text as services, q.requested_at, q.completed_at, q.late_events,
            coalesce((
                select jsonb_agg(jsonb_build_object('service', a.service, 'at', a.at, 'tables', a.tables) order by a.at, a.service)
                from privacy_receipts a where a.request_id = q.id
            ), '[]')::text as receipts
        from privacy_requests q

        """;
}
