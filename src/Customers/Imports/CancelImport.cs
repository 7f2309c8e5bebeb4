using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Imports;

/// <summary><c>POST /api/v1/imports/{id}/cancel</c>: an import that runs stops after the chunk it is at; what it has stored stays.</summary>
internal static class CancelImport
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Imports + "/{id:guid}/cancel", Handle).RequireScope(Scope.Write);

    private static async Task<Results<Accepted, ProblemHttpResult>> Handle(Guid id, CustomersDatabase database, CancellationToken ct)
    {
        // The request that sends the file may be another instance's: it looks at the row after each chunk.
        var asked = await database.ExecuteAsync(
            "update imports set cancel_requested = true where id = @Id and status = 'running'",
            new { Id = id },
            ct
        );
        return asked > 0
            ? TypedResults.Accepted($"{Routes.Imports}/{id}")
            : Problem.NotFound("running-import", "No import of this id runs; GET /api/v1/imports lists them with their status.");
    }
}

/// <summary>Somebody asked the import to stop.</summary>
internal sealed class ImportCancelledException(string message) : Exception(message);
