using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Privacy;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Privacy;

/// <summary>
/// A person asks what is kept. Every service gives its rows; when all have, the export can be fetched as one JSON document, until it has
/// lain there long enough (<c>Customers:KeepExportsFor</c>). To ask again while it is gathered leads to the same request.
/// </summary>
internal static class ExportCustomer
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Customers + "/{id:guid}/export", Handle)
            .RequireScope(Scope.Admin)
            .WithSummary("Gather what every service keeps of a person.");
        root.MapGet(Routes.Privacy + "/requests/{id:guid}/export", Download)
            .RequireScope(Scope.Admin)
            .WithSummary("What every service keeps of a person.");
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

    private static async Task<Guid?> RequestAsync(
        CustomersDatabase database,
        Guid id,
        Func<string, byte[]> hash,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        if (await KnownPerson.FindAsync(work, id, ct) is not { } person)
            return null;
        if (await PrivacyRequest.FindAsync(work, PrivacyRequest.Export, hash(person.Id.ToString()), onlyRunning: true, ct) is { } running)
            return running;
        var request = Guid.CreateVersion7(now);
        await PrivacyRequest.OpenAsync(work, request, PrivacyRequest.Export, person, hash, now, ct);
        var parts = await work.ExportAsync(CustomersDatabase.Personal, person.Ids, ct);
        for (var part = 0; part < parts.Count; part++)
            await StoreExport.AddAsync(
                work,
                new CustomerExported(request, PrivacyRequest.Service, part + 1, parts.Count, parts[part]),
                person.Id,
                now,
                ct
            );
        work.Publish(new CustomerExportRequested(request, person.Id, person.Ids, now), Activity.Current?.Id);
        await work.CommitAsync(ct);
        return request;
    }

    private static async Task<IResult> Download(Guid id, CustomersDatabase database, CancellationToken ct)
    {
        var request = (
            await PrivacyRequest.ReadAsync(database, "where q.id = @Id and q.kind = 'export'", new { Id = id }, ct)
        ).SingleOrDefault();
        if (request is null)
            return Problem.NotFound("export", $"POST {Routes.Customers}/{{id}}/export asks for one; its answer names the request.");
        if (request.State != "complete")
            return Problem.Of(
                StatusCodes.Status409Conflict,
                "export-not-complete",
                "The export cannot be fetched",
                request.State == "running"
                    ? $"Not every service has answered: {string.Join(", ", request.WaitingFor)}. Ask again in a moment."
                    : "The export was deleted: the person was erased, or it lay there long enough. Ask for a new one."
            );
        var parts = await database.QueryAsync<(string Service, string Content)>(
            "select service, content::text from exported_parts where request_id = @Id order by service, part",
            new { Id = id },
            ct
        );
        var document = new
        {
            request.Id,
            request.RequestedAt,
            Services = parts
                .GroupBy(part => part.Service)
                .ToDictionary(
                    service => service.Key,
                    service =>
                        service
                            .SelectMany(part => JsonSerializer.Deserialize<TableContent[]>(part.Content, Json.Options)!)
                            .GroupBy(table => table.Table)
                            .ToDictionary(table => table.Key, table => table.SelectMany(part => part.Rows).ToArray())
                ),
        };
        return TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(document, Json.Options), "application/json", $"export-{id}.json");
    }
}

/// <summary>Keeps what services give, part by part.</summary>
internal static class StoreExport
{
    /// <summary>Keeps a part once, however often it comes, while somebody still waits for it. The last part of the last service completes the request.</summary>
    public static async Task AddAsync(UnitOfWork work, CustomerExported given, Guid customer, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await work.QuerySingleOrDefaultAsync<string>(
            AddSql,
            new
            {
                Request = given.RequestId,
                given.Service,
                given.Part,
                given.Parts,
                Customer = customer,
                Content = JsonSerializer.Serialize(given.Tables, Json.Options),
                Now = now,
            },
            ct
        );
        // Null until the service's last part is there.
        if (rows is null)
            return;
        var receipt = new Receipt(given.Service, now, JsonSerializer.Deserialize<TableRows[]>(rows, Json.Options)!);
        if (await PrivacyRequest.AnswerAsync(work, given.RequestId, receipt, ct))
            await PrivacyRequest.CompleteAsync(work, given.RequestId, now, ct);
    }

    private const string AddSql = """
        with added as (
            insert into exported_parts (request_id, service, part, parts, customer_id, content, at)
            values (@Request, @Service, @Part, @Parts, @Customer, @Content::jsonb, @Now)
            on conflict do nothing
        ), given as (
            select part, content from exported_parts where request_id = @Request and service = @Service
            union
            select @Part, @Content::jsonb
        )
        select coalesce(
            (
                select jsonb_agg(jsonb_build_object('table', name, 'rows', rows) order by name)
                from (
                    select t ->> 'table' as name, sum(jsonb_array_length(t -> 'rows')) as rows
                    from given, jsonb_array_elements(content) as t group by 1
                ) as counted
            ), '[]')::text
        where (select count(distinct part) from given) = @Parts
        """;
}
