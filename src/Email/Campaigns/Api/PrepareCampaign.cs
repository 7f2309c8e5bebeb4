using System.Security.Claims;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Campaigns.Api;

/// <summary>
/// <c>POST /api/v1/campaigns/{name}/preflight|approve|launch</c>, in this order: count who gets it and who does not, let somebody agree to exactly
/// that, then begin at the hour that the campaign names.
/// </summary>
internal static class PrepareCampaign
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Campaigns + "/{name}/preflight", PreflightAsync)
            .RequireScope(Scope.Write)
            .WithName("preflightCampaign")
            .WithSummary("Counts who would get it, and who would not and why.");
        root.MapPost(Routes.Campaigns + "/{name}/approve", ApproveAsync)
            .RequireScope(Scope.Write)
            .WithName("approveCampaign")
            .WithSummary("Agrees to what the pre-flight showed.");
        root.MapPost(Routes.Campaigns + "/{name}/launch", LaunchAsync)
            .RequireScope(Scope.Write)
            .WithName("launchCampaign")
            .WithSummary("Begins it, now or at its hour.");
    }

    internal static async Task<IResult> PreflightAsync(
        string name,
        EmailDatabase db,
        TemplateStore store,
        CampaignPlanner planner,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (await CampaignTable.FindAsync(db, name, ct) is not { } row)
            return CampaignTable.NotThere();
        if (row.Status is not (CampaignStatus.Draft or CampaignStatus.Approved))
            return Launched(row);
        await store.RefreshAsync(ct);
        var (preflight, problem) = await planner.PreflightAsync(name, row.Version, row.Read(), clock.GetUtcNow(), ct);
        if (preflight is null)
            return problem!;
        // A change that came meanwhile has another version, and needs a pre-flight of its own.
        await db.ExecuteAsync(
            "update campaigns set preflight = @Json::jsonb where name = @Name and version = @Version and status in ('draft', 'approved')",
            new
            {
                Name = name,
                row.Version,
                Json = JsonSerializer.Serialize(preflight, Json.Options),
            },
            ct
        );
        return TypedResults.Ok(preflight);
    }

    internal static async Task<IResult> ApproveAsync(
        string name,
        ClaimsPrincipal user,
        EmailDatabase db,
        CampaignViews views,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using (var work = await db.BeginAsync(ct))
        {
            if (await CampaignTable.LockAsync(work, name, ct) is not { } row)
                return CampaignTable.NotThere();
            if (row.Status is not (CampaignStatus.Draft or CampaignStatus.Approved))
                return Launched(row);
            if (row.ReadPreflight() is not { } preflight)
                return CampaignTable.Conflict(
                    "preflight-first",
                    "Nobody has looked yet at who would get it",
                    $"POST {Routes.Campaigns}/{name}/preflight counts who gets it and who does not; then approve it."
                );
            if (preflight.Problems.Count > 0)
                return CampaignTable.Conflict(
                    "preflight-problems",
                    "The pre-flight found something to mend",
                    string.Join(' ', preflight.Problems)
                );
            await work.ExecuteAsync(
                "update campaigns set status = 'approved', approved_by = @By, approved_at = @Now where id = @Id",
                new
                {
                    row.Id,
                    By = NameOf(user),
                    Now = clock.GetUtcNow(),
                },
                ct
            );
            await work.CommitAsync(ct);
        }
        return TypedResults.Ok(await views.FindAsync(name, ct));
    }

    internal static async Task<IResult> LaunchAsync(
        string name,
        EmailDatabase db,
        CampaignViews views,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using (var work = await db.BeginAsync(ct))
        {
            if (await CampaignTable.LockAsync(work, name, ct) is not { } row)
                return CampaignTable.NotThere();
            if (row.Status == CampaignStatus.Draft)
                return CampaignTable.Conflict(
                    "not-approved",
                    "The campaign is not approved",
                    $"POST {Routes.Campaigns}/{name}/preflight, then {Routes.Campaigns}/{name}/approve, then launch it."
                );
            // Launching again what is launched changes nothing: the answer of the first call may have been lost.
            if (row.Status == CampaignStatus.Approved)
            {
                await work.ExecuteAsync(
                    "update campaigns set status = 'scheduled', next_at = @At where id = @Id",
                    new { row.Id, At = CampaignStart.Of(row.Read(), clock.GetUtcNow()) },
                    ct
                );
                await work.CommitAsync(ct);
            }
            else if (row.Status is CampaignStatus.Cancelled or CampaignStatus.Done)
                return Launched(row);
        }
        return TypedResults.Accepted($"{Routes.Campaigns}/{name}", await views.FindAsync(name, ct));
    }

    private static IResult Launched(CampaignRow row) =>
        CampaignTable.Conflict(
            "campaign-launched",
            $"The campaign is {row.Status}",
            "This is done before a campaign is launched. Make a new one under another name."
        );

    private static string NameOf(ClaimsPrincipal user) =>
        user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.Identity?.Name ?? "unknown";
}
