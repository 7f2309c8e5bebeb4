using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Imports;

/// <summary><c>POST /api/v1/imports?kind=orders</c> with a CSV file as body; answered with the report when the file is stored.</summary>
internal static class ImportRoutes
{
    private const long MaxFileBytes = 1024L * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Imports, Post).RequireScope(Scope.Write).WithMetadata(new RequestSize(MaxFileBytes));
        root.MapGet(Routes.Imports, List).RequireScope(Scope.Read);
        root.MapGet(Routes.Imports + "/{id:guid}", One).RequireScope(Scope.Read);
    }

    private static async Task<Results<Ok<JsonObject>, ProblemHttpResult>> Post(
        string? kind,
        string? name,
        string? currency,
        string? columns,
        HttpRequest request,
        ImportRunner runner,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        var errors = new List<FieldError>();
        if (kind is null || !ImportRunner.Kinds.Contains(kind))
            errors.Add(new FieldError("kind", $"Give one of: {string.Join(", ", ImportRunner.Kinds)}."));
        if (currency is not null && (currency.Length != 3 || !currency.All(char.IsAsciiLetter)))
            errors.Add(new FieldError("currency", "Give an ISO 4217 code such as EUR."));
        if (ParseColumns(columns) is not { } named)
            return Problem.Invalid([.. errors, new FieldError("columns", "Give pairs such as order=InvoiceNo,product=StockCode.")]);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        try
        {
            var id = await runner.RunAsync(
                new ImportRequest(kind!, name?.Replace("\0", "", StringComparison.Ordinal), currency?.ToUpperInvariant(), named),
                request.Body,
                ct
            );
            return TypedResults.Ok(View(await database.QuerySingleAsync<Row>(RowSql + " where id = @Id", new { Id = id }, ct)));
        }
        catch (UnusableFileException e)
        {
            return Problem.Of(400, "unusable-file", "No row of the file can be used", e.Message);
        }
        catch (ImportCancelledException e)
        {
            return Problem.Of(409, "import-cancelled", "The import was cancelled", e.Message);
        }
    }

    private static async Task<Results<Ok<Page<JsonObject>>, ProblemHttpResult>> List(
        int? limit,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var rows, out var error))
            return Problem.Invalid(error);
        var found = await database.QueryAsync<Row>(RowSql + " order by id desc limit @Rows", new { Rows = rows }, ct);
        return TypedResults.Ok(new Page<JsonObject>([.. found.Select(View)], null));
    }

    private static async Task<Results<Ok<JsonObject>, ProblemHttpResult>> One(Guid id, CustomersDatabase database, CancellationToken ct) =>
        await database.QuerySingleOrDefaultAsync<Row>(RowSql + " where id = @Id", new { Id = id }, ct) is { } row
            ? TypedResults.Ok(View(row))
            : Problem.NotFound("import", "List imports with GET /api/v1/imports.");

    /// <returns>Our column names to the file's; null where the text is not a list of pairs.</returns>
    internal static IReadOnlyDictionary<string, string>? ParseColumns(string? columns)
    {
        var named = new Dictionary<string, string>();
        foreach (var pair in (columns ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } ours, { Length: > 0 } theirs])
                return null;
            named[ours.Trim()] = theirs.Trim();
        }
        return named;
    }

    /// <summary>The stored report, with what identifies the import around it.</summary>
    private static JsonObject View(Row row)
    {
        var view = JsonNode.Parse(row.Report)!.AsObject();
        view["id"] = row.Id.ToString();
        view["kind"] = row.Kind;
        view["name"] = row.Name;
        view["status"] = row.Status;
        if (row.Error is not null)
            view["error"] = row.Error;
        view["startedAt"] = row.StartedAt;
        view["finishedAt"] = row.FinishedAt;
        return view;
    }

    private sealed record Row(
        Guid Id,
        string Kind,
        string? Name,
        string Status,
        string Report,
        string? Error,
        DateTimeOffset StartedAt,
        DateTimeOffset? FinishedAt
    );

    private sealed record RequestSize(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;

    private const string RowSql = "select id, kind, name, status, report::text as report, error, started_at, finished_at from imports";
}
