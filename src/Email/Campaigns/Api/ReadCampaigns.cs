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
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            errors.Add(badCursor);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        var found = await db.QueryAsync<CampaignRow>(
            $"select {CampaignTable.Columns} from campaigns where @Before::uuid is null or id < @Before order by id desc limit @Limit",
            new { Before = before, Limit = rows + 1 },
            ct
        );
        var page = Pages.Of(found, rows, row => row.Id);
        return TypedResults.Ok(new Page<CampaignView>([.. page.Items.Select(row => CampaignViews.Of(row, null))], page.NextCursor));
    }

    internal static async Task<IResult> GetAsync(string name, CampaignViews views, HttpResponse response, CancellationToken ct)
    {
        if (await views.FindAsync(name, ct) is not { } view)
            return CampaignTable.NotThere();
        response.Headers.ETag = $"\"{view.Version}\"";
        return TypedResults.Ok(view);
    }
}
