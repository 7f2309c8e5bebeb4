using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Campaigns.Running;

/// <summary>Begins a campaign whose hour has come: writes down everybody in its audience, and queues the mails, in one transaction.</summary>
internal sealed class LaunchCampaign(CampaignPlanner planner, CampaignSends sends, IOptions<Shop> shop)
{
    private const int SetSize = 5_000;
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>What a person bought in this time before takes out noise.</summary>
    private static readonly TimeSpan Earlier = TimeSpan.FromDays(90);

    /// <param name="row">Locked by <paramref name="work"/>.</param>
    /// <returns>Why it could not begin now, or null.</returns>
    public async Task<string?> HandleAsync(UnitOfWork work, CampaignRow row, DateTimeOffset now, CancellationToken ct)
    {
        var campaign = row.Read();
        var (plan, _, problem) = await planner.PlanAsync(row.Name, campaign, now, ct);
        if (plan is null)
            return problem!.ProblemDetails.Detail ?? problem.ProblemDetails.Title;
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        foreach (var set in plan.Chunk(SetSize))
            await AddMembersAsync(work, row.Id, set, now, ct);

        var weights = campaign.Weights();
        var keys = campaign.Keys();
        double ChanceOf(string arm) => weights[Array.IndexOf(keys, arm)] / weights.Sum();
        var first = plan.Where(one => one is { Reason: null, InTest: true, Batch: 0 }).ToArray();
        var addressees =
            campaign.Method() == CampaignWords.Thompson
                ? Deal(row.Name, keys, first)
                : first.Select(one => new Addressee(one.Id, one.Arm!, ChanceOf(one.Arm!)));
        await sends.AddAsync(work, row, campaign, [.. addressees], "test", now, ct);
        await StartHeldOutAsync(work, row.Id, campaign, plan, now, ct);

        var method = campaign.Method();
        await work.ExecuteAsync(
            """
            update campaigns set status = 'sending', stage = @Stage, reason = null, launched_at = @Now, planned = @Planned, batch = 1, next_at = @NextAt
            where id = @Id
            """,
            new
            {
                row.Id,
                Now = now,
                Stage = method == CampaignWords.Split ? "rolled" : "test",
                Planned = plan.Count(one => one is { Reason: null, InTest: true }),
                NextAt = now + (method == CampaignWords.Thompson ? campaign.Every() : LookAgainAfter),
            },
            ct
        );
        return null;
    }

    private static IEnumerable<Addressee> Deal(string name, string[] keys, IEnumerable<Planned> people)
    {
        double[] shares = [.. Enumerable.Repeat(1.0 / keys.Length, keys.Length)];
        var split = CampaignBatch.Split(name, 0, shares);
        return people.Select(one => new Addressee(
            one.Id,
            keys[Math.Clamp(split.Assign(one.Id.ToString("D")), 0, keys.Length - 1)],
            shares[0]
        ));
    }

    // Their days are counted as if they had got the control: at its hour, by their clock.
    private async Task StartHeldOutAsync(
        UnitOfWork work,
        Guid id,
        Campaign campaign,
        IReadOnlyList<Planned> plan,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var held = plan.Where(one => one.Reason == CampaignReasons.HeldOut)
            .Select(one => new Addressee(one.Id, campaign.Keys()[0], 0))
            .ToArray();
        if (held.Length == 0)
            return;
        var starts = await sends.StartsAsync(campaign, held, now, ct);
        await work.ExecuteAsync(
            """
            update campaign_members m set starts_at = p.at from unnest(@Ids::uuid[], @Times::timestamptz[]) as p (id, at)
            where m.campaign_id = @Id and m.customer_id = p.id
            """,
            new
            {
                Id = id,
                Ids = held.Select(one => one.Id).ToArray(),
                Times = held.Select(one => starts[one.Id].ToUniversalTime()).ToArray(),
            },
            ct
        );
    }

    private Task AddMembersAsync(UnitOfWork work, Guid campaign, Planned[] set, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            """
            insert into campaign_members (campaign_id, customer_id, reason, stage, batch, segment, earlier)
            select @Campaign, p.id, p.reason, p.stage, p.batch, p.segment, coalesce((
                select sum(o.total) from recipients same join order_revenue o on o.customer_id = same.customer_id
                where same.canonical_id = p.id and o.currency = @Currency and o.at between @Since and @Now), 0)
            from unnest(@Ids::uuid[], @Reasons::text[], @Stages::text[], @Batches::int[], @Segments::text[])
                as p (id, reason, stage, batch, segment)
            where not is_erased(p.id)
            on conflict do nothing
            """,
            new
            {
                Campaign = campaign,
                shop.Value.Currency,
                Now = now,
                Since = now - Earlier,
                Ids = set.Select(one => one.Id).ToArray(),
                Reasons = set.Select(one => one.Reason).ToArray(),
                Stages = set.Select(one => one.InTest ? "test" : "roll").ToArray(),
                Batches = set.Select(one => one.Batch).ToArray(),
                Segments = set.Select(one => one.Segment).ToArray(),
            },
            ct
        );
}
