using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Campaigns.Results;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Campaigns.Running;

/// <summary>
/// Does what is due of campaigns: begins them, decides tests, deals out batches, notes their end. Several instances share the work; each step
/// is one transaction that holds the campaign's row, so a stop in the middle means that it is done again from the start, once.
/// </summary>
internal sealed class CampaignClock(
    EmailDatabase db,
    IServiceScopeFactory scopes,
    CampaignSends sends,
    IOptions<Shop> shop,
    TimeProvider clock,
    ILogger<CampaignClock> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(30);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(
            db,
            async ct => await StepAsync(ct) ? TimeSpan.Zero : Interval,
            Interval,
            e => log.LogError(e, "Campaigns paused"),
            clock,
            stoppingToken
        );

    /// <summary>Does one step of one campaign that is due.</summary>
    /// <returns>Whether there was one.</returns>
    internal async Task<bool> StepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var work = await db.BeginAsync(ct);
        var row = await work.QuerySingleOrDefaultAsync<CampaignRow>(
            $"""
            select {CampaignTable.Columns} from campaigns
            where next_at <= @Now and status in ('scheduled', 'sending') order by next_at limit 1 for update skip locked
            """,
            new { Now = now },
            ct
        );
        if (row is null)
            return false;
        if (row.Status == CampaignStatus.Scheduled)
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<LaunchCampaign>().HandleAsync(work, row, now, ct) is { } trouble)
                await WaitAsync(work, row.Id, trouble, now + LookAgainAfter, ct);
        }
        else
            await GoOnAsync(work, row, now, ct);
        await work.CommitAsync(ct);
        return true;
    }

    private async Task GoOnAsync(UnitOfWork work, CampaignRow row, DateTimeOffset now, CancellationToken ct)
    {
        var campaign = row.Read();
        if (row.Stage == "test" && campaign.Method() == CampaignWords.Thompson)
            await DealAsync(work, row, campaign, now, ct);
        else if (row.Stage == "test")
            await DecideAsync(work, row, campaign, now, ct);
        else
            await EndAsync(work, row, now, ct);
    }

    // Not before the last mail of the test has had its time, however long limits and quiet hours held it up.
    private async Task DecideAsync(UnitOfWork work, CampaignRow row, Campaign campaign, DateTimeOffset now, CancellationToken ct)
    {
        var last = await work.QuerySingleAsync<DateTimeOffset?>(
            """
            select max(case when m.status in ('queued', 'claimed') then greatest(m.next_attempt_at, @Now) else coalesce(m.sent_at, m.due_at) end)
            from campaign_sends s join mails m on m.send_id = s.send_id where s.campaign_id = @Id
            """,
            new { row.Id, Now = now },
            ct
        );
        var due = (last ?? now) + campaign.DecideAfter();
        if (due > now)
        {
            await WaitAsync(work, row.Id, null, due, ct);
            return;
        }
        var report = await ReportAsync(row, campaign, now, ct);
        if (RollOut.Decide(campaign.RollOut(), report) is { } arm)
            await RollAsync(work, row, campaign, arm, now, ct);
        else
            await WaitAsync(work, row.Id, $"The test is over and waits for a person: {report.Sentence}", null, ct);
    }

    /// <summary>Sends one variant to everybody who has waited for the test.</summary>
    /// <param name="row">Locked by <paramref name="work"/>.</param>
    internal async Task RollAsync(UnitOfWork work, CampaignRow row, Campaign campaign, string arm, DateTimeOffset now, CancellationToken ct)
    {
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        var waiting = await work.QueryAsync<Guid>(
            "select customer_id from campaign_members where campaign_id = @Id and reason is null and arm is null order by 1",
            new { row.Id },
            ct
        );
        await sends.AddAsync(work, row, campaign, [.. waiting.Select(id => new Addressee(id, arm, 1))], "roll", now, ct);
        await work.ExecuteAsync(
            "update campaigns set stage = 'rolled', winner = @Arm, decided_at = @Now, reason = null, next_at = @NextAt where id = @Id",
            new
            {
                row.Id,
                Arm = arm,
                Now = now,
                NextAt = now + LookAgainAfter,
            },
            ct
        );
    }

    private async Task DealAsync(UnitOfWork work, CampaignRow row, Campaign campaign, DateTimeOffset now, CancellationToken ct)
    {
        var keys = campaign.Keys();
        var matured = await CampaignUnits.ReadAsync(db, row.Id, campaign.Within(), shop.Value.Currency, now - campaign.DecideAfter(), ct);
        var shares = RollOut.Shares(
            campaign.Metric(),
            keys,
            [.. matured.Where(unit => unit.Arm is not null)],
            HashCode(row.Name, row.Batch)
        );
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        var people = await work.QueryAsync<Guid>(
            "select customer_id from campaign_members where campaign_id = @Id and reason is null and arm is null and batch = @Batch order by 1",
            new { row.Id, row.Batch },
            ct
        );
        var split = CampaignBatch.Split(row.Name, row.Batch, shares);
        await sends.AddAsync(
            work,
            row,
            campaign,
            [
                .. people.Select(id =>
                {
                    var arm = Math.Clamp(split.Assign(id.ToString("D")), 0, keys.Length - 1);
                    return new Addressee(id, keys[arm], shares[arm]);
                }),
            ],
            "test",
            now,
            ct
        );
        var isLast = row.Batch + 1 >= campaign.Batches();
        await work.ExecuteAsync(
            "update campaigns set batch = batch + 1, stage = @Stage, reason = null, next_at = @NextAt where id = @Id",
            new
            {
                row.Id,
                Stage = isLast ? "rolled" : "test",
                NextAt = now + (isLast ? LookAgainAfter : campaign.Every()),
            },
            ct
        );
    }

    private static int HashCode(string name, int batch) =>
        (int)(Experimentation.Assignment.BucketHash.Fnv1a($"{name}/{batch}") & int.MaxValue);

    private static async Task EndAsync(UnitOfWork work, CampaignRow row, DateTimeOffset now, CancellationToken ct)
    {
        var isOver = await work.QuerySingleAsync<bool>(
            """
            select not exists (
                select from campaign_sends s join mails m on m.send_id = s.send_id
                where s.campaign_id = @Id and m.status in ('queued', 'claimed'))
            """,
            new { row.Id },
            ct
        );
        if (isOver)
            await work.ExecuteAsync(
                "update campaigns set status = 'done', ended_at = @Now, next_at = null, reason = null where id = @Id",
                new { row.Id, Now = now },
                ct
            );
        else
            await WaitAsync(work, row.Id, null, now + LookAgainAfter, ct);
    }

    private async Task<ExperimentReport> ReportAsync(CampaignRow row, Campaign campaign, DateTimeOffset now, CancellationToken ct) =>
        CampaignAnalysis.Of(
            campaign.Metric(),
            campaign.Keys(),
            campaign.Weights(),
            row.Planned,
            await CampaignUnits.ReadAsync(db, row.Id, campaign.Within(), shop.Value.Currency, now, ct)
        );

    private static Task WaitAsync(UnitOfWork work, Guid id, string? reason, DateTimeOffset? until, CancellationToken ct) =>
        work.ExecuteAsync(
            "update campaigns set reason = @Reason, next_at = @Until where id = @Id",
            new
            {
                Id = id,
                Reason = reason,
                Until = until,
            },
            ct
        );
}
