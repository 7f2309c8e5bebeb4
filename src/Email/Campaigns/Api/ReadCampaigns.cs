using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Campaigns.Api;

/// <summary><c>GET /api/v1/campaigns</c> (newest first) and <c>GET /api/v1/campaigns/{name}</c> (with its sends; <c>ETag</c>).</summary>
internal static class ReadCampaigns
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Campaigns, ListAsync).RequireScope(Scope.Read).WithName("listCampaigns").WithSummary("Campaigns, newest first.");
        root.MapGet(Routes.Campaigns + "/{name}", GetAsync)
            .RequireScope(Scope.Read)
            .WithName("getCampaign")
            .WithSummary("A campaign with its pre-flight and its sends.");
    }

    internal static async Task<IResult> ListAsync(int? limit, string? cursor, EmailDatabase db, CancellationToken ct)
    {
        List<FieldError> errors = [];
        if (!Limit.TryRead(limit, out var rows, out var badLimit))
            errors.Add(badLimit);
        Guid? before = Cursor.Decode(cursor, 1) is [var last] && Guid.TryParse(last, out var id) ? id : null;
        if (!string.IsNullOrEmpty(cursor) && before is null)
            errors.Add(new("cursor", "Give the nextCursor of the page before, unchanged."));
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        var found = await db.QueryAsync<CampaignRow>(
            $"select {CampaignTable.Columns} from campaigns where @Before::uuid is null or id < @Before order by id desc limit @Limit",
            new { Before = before, Limit = rows + 1 },
            ct
        );
        var next = found.Count > rows ? Cursor.Encode(found[rows - 1].Id.ToString()) : null;
        return TypedResults.Ok(new Page<CampaignView>([.. found.Take(rows).Select(row => CampaignViews.Of(row, null))], next));
    }

    internal static async Task<IResult> GetAsync(string name, CampaignViews views, HttpResponse response, CancellationToken ct)
    {
        if (await views.FindAsync(name, ct) is not { } view)
            return CampaignTable.NotThere();
        response.Headers.ETag = $"\"{view.Version}\"";
        return TypedResults.Ok(view);
    }
}
