using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Sends;

/// <summary><c>GET /api/v1/sends</c> and <c>GET /api/v1/sends/{id}</c>: sends with their progress, newest first.</summary>
internal static class ListSends
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Sends, ListAsync).RequireScope(Scope.Read).WithName("listSends").WithSummary("Sends, newest first.");
        root.MapGet(Routes.Sends + "/{id:guid}", GetAsync)
            .RequireScope(Scope.Read)
            .WithName("getSend")
            .WithSummary("A send: how far it is, and when its last mail leaves.");
    }

    internal static async Task<IResult> ListAsync(int? limit, string? cursor, SendViews views, CancellationToken ct)
    {
        List<FieldError> errors = [];
        if (!Limit.TryRead(limit, out var rows, out var badLimit))
            errors.Add(badLimit);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            errors.Add(badCursor);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        var found = await views.ListAsync(before, rows + 1, ct);
        return TypedResults.Ok(Pages.Of(found, rows, send => send.Id));
    }

    internal static async Task<IResult> GetAsync(Guid id, SendViews views, CancellationToken ct) =>
        await views.FindAsync(id, ct) is { } send ? TypedResults.Ok(send) : NotFound();

    internal static IResult NotFound() =>
        Problem.NotFound("send", $"There is no send with this id; GET {Routes.Sends} lists those that are.");
}
