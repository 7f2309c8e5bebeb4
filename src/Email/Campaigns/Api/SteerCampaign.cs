using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Campaigns.Running;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Campaigns.Api;

/// <param name="Variant">What everybody who waits for the test gets.</param>
internal sealed record RollOutRequest(string? Variant);

/// <summary>
/// <c>POST /api/v1/campaigns/{name}/pause|resume|cancel</c>: counts from the moment of the answer, for all its sends. <c>…/roll-out</c>: a person
/// ends the test and says which variant the others get.
/// </summary>
internal static class SteerCampaign
{
    public static void Map(IEndpointRouteBuilder root)
    {
        foreach (var wish in new[] { "pause", "resume", "cancel" })
            root.MapPost(
                    Routes.Campaigns + "/{name}/" + wish,
                    (string name, EmailDatabase db, CampaignViews views, TimeProvider clock, CancellationToken ct) =>
                        HandleAsync(name, wish, db, views, clock, ct)
                )
                .RequireScope(Scope.Write)
                .WithName(wish + "Campaign");
        root.MapPost(Routes.Campaigns + "/{name}/roll-out", RollOutAsync).RequireScope(Scope.Write).WithName("rollOutCampaign");
    }

    internal static async Task<IResult> HandleAsync(
        string name,
        string wish,
        EmailDatabase db,
        CampaignViews views,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        Guid id;
        await using (var work = await db.BeginAsync(ct))
        {
            if (await CampaignTable.LockAsync(work, name, ct) is not { } row)
                return CampaignTable.NotThere();
            if (Decide(row.Status, row.LaunchedAt is not null, wish) is not { } next)
                return CampaignTable.Conflict(
                    "campaign-" + row.Status,
                    $"The campaign is {row.Status}",
                    row.Status is CampaignStatus.Draft or CampaignStatus.Approved
                        ? "It is not launched yet: there is nothing to " + wish + "."
                        : "A campaign that has ended cannot be changed: make a new one under another name."
                );
            id = row.Id;
            await work.ExecuteAsync(
                StatusSql,
                new
                {
                    row.Id,
                    Status = next,
                    Now = now,
                },
                ct
            );
            await SteerSendsAsync(work, row.Id, wish, now, ct);
            await work.CommitAsync(ct);
        }
        // Only now, when every hand-over sees the new status: a mail that goes back to the queue meanwhile is caught as well.
        if (wish != "pause")
            await db.ExecuteAsync(wish == "cancel" ? CancelMailsSql : ResumeMailsSql, new { Id = id, Now = now }, ct);
        return TypedResults.Ok(await views.FindAsync(name, ct));
    }

    /// <returns>The new status, the same for a wish that is fulfilled already, or null where it cannot be.</returns>
    internal static string? Decide(string status, bool isLaunched, string wish) =>
        (status, wish) switch
        {
            (CampaignStatus.Scheduled or CampaignStatus.Sending or CampaignStatus.Paused, "pause") => CampaignStatus.Paused,
            (CampaignStatus.Paused, "resume") => isLaunched ? CampaignStatus.Sending : CampaignStatus.Scheduled,
            (CampaignStatus.Scheduled or CampaignStatus.Sending, "resume") => status,
            (CampaignStatus.Scheduled or CampaignStatus.Sending or CampaignStatus.Paused or CampaignStatus.Cancelled, "cancel") =>
                CampaignStatus.Cancelled,
            _ => null,
        };

    internal static async Task<IResult> RollOutAsync(
        string name,
        RollOutRequest request,
        EmailDatabase db,
        CampaignClock clockwork,
        CampaignViews views,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using (var work = await db.BeginAsync(ct))
        {
            if (await CampaignTable.LockAsync(work, name, ct) is not { } row)
                return CampaignTable.NotThere();
            var campaign = row.Read();
            if (!campaign.Keys().Contains(request.Variant))
                return Problem.Invalid(new FieldError("variant", $"Give one of {string.Join(", ", campaign.Keys())}."));
            if (row is not { Status: CampaignStatus.Sending, Stage: "test" })
                return CampaignTable.Conflict(
                    "no-test",
                    "No test is running",
                    "A variant is rolled out while a test is running, or has ended and waits for a person."
                );
            await clockwork.RollAsync(work, row, campaign, request.Variant!, clock.GetUtcNow(), ct);
            await work.CommitAsync(ct);
        }
        return TypedResults.Ok(await views.FindAsync(name, ct));
    }

    private static Task SteerSendsAsync(UnitOfWork work, Guid id, string wish, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            """
            update sends set status = @Next, reason = null,
                resumed_at = case when @Next = 'sending' then @Now else resumed_at end,
                ended_at = case when @Next = 'cancelled' then @Now else ended_at end
            where id in (select send_id from campaign_sends where campaign_id = @Id) and status = any(@From)
            """,
            new
            {
                Id = id,
                Now = now,
                Next = wish switch
                {
                    "pause" => "paused",
                    "resume" => "sending",
                    _ => "cancelled",
                },
                From = wish switch
                {
                    "pause" => new[] { "sending" },
                    "resume" => ["paused"],
                    _ => ["sending", "paused"],
                },
            },
            ct
        );

    private const string StatusSql = """
        update campaigns set status = @Status, reason = null,
            next_at = case when @Status = 'cancelled' then null when @Status in ('sending', 'scheduled') then greatest(next_at, @Now) else next_at end,
            ended_at = case when @Status = 'cancelled' then @Now else ended_at end
        where id = @Id
        """;

    private const string CancelMailsSql = """
        update mails set status = 'suppressed', reason = 'cancelled'
        where status = 'queued' and send_id in (select send_id from campaign_sends where campaign_id = @Id);
        update campaign_members set reason = 'cancelled' where campaign_id = @Id and reason is null and arm is null
        """;

    private const string ResumeMailsSql = """
        update mails set due_at = @Now
        where status = 'queued' and send_id in (select send_id from campaign_sends where campaign_id = @Id);
        notify mails_queued
        """;
}
