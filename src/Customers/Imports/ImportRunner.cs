using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Imports;

internal sealed record ImportRequest(string Kind, string? Name, string? Currency, IReadOnlyDictionary<string, string> Columns);

/// <summary>Runs an import while its file arrives: each chunk is committed, the report grows with it, a repetition changes nothing.</summary>
internal sealed class ImportRunner(
    CustomersDatabase database,
    StoreCalls store,
    CatalogueClient catalogue,
    IOptions<Shop> shop,
    LateEvents late,
    TimeProvider clock,
    ILogger<ImportRunner> log
)
{
    public static readonly IReadOnlyList<string> Kinds = ["customers", "products", "orders"];

    /// <exception cref="UnusableFileException">No row of the file can be used.</exception>
    /// <exception cref="ImportCancelledException">Somebody asked it to stop.</exception>
    public async Task<Guid> RunAsync(ImportRequest request, Stream file, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var report = new ImportReport();
        await database.ExecuteAsync(
            """
            insert into imports (id, kind, name, status, report, started_at) values (@Id, @Kind, @Name, 'running', @Report::jsonb, @Now)
            """,
            new
            {
                Id = id,
                request.Kind,
                request.Name,
                Report = Write(report),
                Now = clock.GetUtcNow(),
            },
            ct
        );
        try
        {
            await RunAsync(request, file, report, () => GoOnAsync(id, report), ct);
            await SaveAsync(id, "done", report, null);
            return id;
        }
        catch (ImportCancelledException e)
        {
            await SaveAsync(id, "cancelled", report, e.Message);
            throw;
        }
        catch (Exception e)
        {
            // Lines before the failure are stored: sending the file again goes on from there.
            var where = $"{e.Message} (after {report.Lines.Read} lines; what was accepted is stored, send the file again to go on)";
            await SaveAsync(id, "failed", report, e is UnusableFileException ? e.Message : where);
            if (e is not UnusableFileException)
                log.LogWarning("Import {Id} of {Name} stopped: {Cause}", id, request.Name, e.Message);
            throw;
        }
    }

    private async Task RunAsync(ImportRequest request, Stream file, ImportReport report, Func<Task> progress, CancellationToken ct)
    {
        switch (request.Kind)
        {
            case "orders":
                using (var table = await CsvTable.OpenAsync(file, request.Columns, OrderRow.Columns, OrderRow.Required))
                    await new ImportOrders(database, shop.Value, late, clock, request.Currency).RunAsync(table, report, progress, ct);
                break;
            case "customers":
                using (var table = await CsvTable.OpenAsync(file, request.Columns, ImportCustomers.Columns, []))
                    await new ImportCustomers(store, clock).RunAsync(table, report, progress, ct);
                break;
            default:
                using (var table = await CsvTable.OpenAsync(file, request.Columns, ImportProducts.Columns, ["product", "name"]))
                    await new ImportProducts(catalogue, request.Currency).RunAsync(table, report, progress, ct);
                break;
        }
    }

    private async Task GoOnAsync(Guid id, ImportReport report)
    {
        await SaveAsync(id, "running", report, null);
        var stop = "select cancel_requested from imports where id = @Id";
        if (await database.QuerySingleAsync<bool>(stop, new { Id = id }, CancellationToken.None))
            throw new ImportCancelledException(
                $"Cancelled after {report.Lines.Read} lines; what was accepted is stored. Send the file again to go on."
            );
    }

    private Task SaveAsync(Guid id, string status, ImportReport report, string? error) =>
        database.ExecuteAsync(
            """
            update imports set status = @Status, report = @Report::jsonb, error = @Error, finished_at = @FinishedAt where id = @Id
            """,
            new
            {
                Id = id,
                Status = status,
                Report = Write(report),
                Error = error,
                FinishedAt = status == "running" ? (DateTimeOffset?)null : clock.GetUtcNow(),
            },
            CancellationToken.None
        );

    private static string Write(ImportReport report) => JsonSerializer.Serialize(report, Json.Options);
}
