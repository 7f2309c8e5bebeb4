using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Email.Campaigns.Api;

/// <summary>
/// <c>PUT /api/v1/campaigns/{name}</c>: makes a campaign or changes it while it is not launched (<c>If-Match</c>; <c>"0"</c> means new). A change takes
/// its pre-flight and its approval back: what is launched is what was looked at.
/// </summary>
internal static class SaveCampaign
{
    private const int MaxBytes = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPut(Routes.Campaigns + "/{name}", HandleAsync)
            .RequireScope(Scope.Write)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .WithName("saveCampaign")
            .WithSummary("Makes a campaign, or changes one that is not launched.");

    internal static async Task<IResult> HandleAsync(
        string name,
        Campaign campaign,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        EmailDatabase db,
        TemplateStore store,
        MailTemplates templates,
        CampaignViews views,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken ct
    )
    {
        await store.RefreshAsync(ct);
        List<FieldError> errors = [.. CampaignCheck.Of(name, campaign, templates)];
        int? expected = null;
        if (ifMatch is not null)
        {
            if (int.TryParse(ifMatch.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var given))
                expected = given;
            else
                errors.Add(new("If-Match", "Give the version as it stands in ETag, in quotes; \"0\" means new."));
        }
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        var now = clock.GetUtcNow();
        await using (var work = await db.BeginAsync(ct))
        {
            var stored = await CampaignTable.LockAsync(work, name, ct);
            if (stored is not null && stored.Status is not (CampaignStatus.Draft or CampaignStatus.Approved))
                return CampaignTable.Conflict(
                    "campaign-launched",
                    $"The campaign is {stored.Status}",
                    "What was launched is not changed any more: cancel it, or make a new one under another name."
                );
            if (expected is { } version && version != (stored?.Version ?? 0))
                return Changed(name);
            var written = await work.ExecuteAsync(
                stored is null ? InsertSql : UpdateSql,
                new
                {
                    Id = Guid.CreateVersion7(now),
                    Name = name,
                    Definition = JsonSerializer.Serialize(campaign, Json.Options),
                    Now = now,
                },
                ct
            );
            // Somebody else has made it at the same moment.
            if (written == 0)
                return Changed(name);
            await work.CommitAsync(ct);
        }
        var view = (await views.FindAsync(name, ct))!;
        response.Headers.ETag = $"\"{view.Version}\"";
        return TypedResults.Ok(view);
    }

    private static IResult Changed(string name) =>
        Problem.Of(
            StatusCodes.Status412PreconditionFailed,
            "campaign-changed",
            "Somebody else has changed it",
            $"GET {Routes.Campaigns}/{name} shows the version that is stored now; put your change into that one."
        );

    private const string InsertSql = """
        insert into campaigns (id, name, version, status, definition, created_at, updated_at)
        values (@Id, @Name, 1, 'draft', @Definition::jsonb, @Now, @Now) on conflict (name) do nothing
        """;

    private const string UpdateSql = """
        update campaigns set version = version + 1, status = 'draft', definition = @Definition::jsonb, preflight = null, approved_by = null,
            approved_at = null, updated_at = @Now
        where name = @Name
        """;
}
