using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Email.Words;
using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Campaigns.Running;

/// <param name="Propensity">Chance with which the arm was given.</param>
internal sealed record Addressee(Guid Id, string Arm, double Propensity);

/// <summary>Puts mails of a campaign into the ledger, one send an arm, and notes each person's arm and moment.</summary>
internal sealed class CampaignSends(EmailDatabase db, SendQueue queue, BestTimes times, IOptions<Shop> shop)
{
    private const int SetSize = 5_000;
    private readonly TimeZoneInfo shopZone = LocalTimes.IsUnknown(shop.Value.TimeZone, TimeZoneInfo.Utc, out var zone)
        ? TimeZoneInfo.Utc
        : zone;

    /// <param name="people">Rows of them are there already; who is in none of them gets nothing.</param>
    /// <param name="stage">test or roll.</param>
    public async Task AddAsync(
        UnitOfWork work,
        CampaignRow row,
        Campaign campaign,
        IReadOnlyList<Addressee> people,
        string stage,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (people.Count == 0)
            return;
        var library = await WordsApi.LibraryAsync(db, ct);
        var starts = await StartsAsync(campaign, people, now, ct);
        await NoteAsync(work, row.Id, people, starts, ct);
        foreach (var arm in people.GroupBy(person => person.Arm).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var variant = campaign.Variants!.First(one => one.Key == arm.Key);
            var data = CampaignContent.DataOf(variant);
            var send = Guid.CreateVersion7(now);
            var members = arm.Select(person => new AudienceMember(person.Id, null, null, data)).ToArray();
            var request = new CreateSendRequest(
                row.Name,
                "",
                null,
                null,
                CampaignContent.Of(variant, library),
                // The throttle is the campaign's: each arm has its part of it.
                campaign.Schedule?.PerMinute
                    is { } limit
                    ? Math.Max(1, limit * members.Length / people.Count)
                    : null,
                null,
                null,
                now
            );
            await queue.AddAsync(work, send, request, members, now, ct, starts);
            await work.ExecuteAsync(
                "insert into campaign_sends (send_id, campaign_id, arm, stage) values (@Send, @Id, @Arm, @Stage)",
                new
                {
                    Send = send,
                    row.Id,
                    Arm = arm.Key,
                    Stage = stage,
                },
                ct
            );
        }
    }

    /// <summary>When each one's mail may leave; also for those held out, whose time counts from the same moment.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> StartsAsync(
        Campaign campaign,
        IReadOnlyList<Addressee> people,
        DateTimeOffset from,
        CancellationToken ct
    )
    {
        var ids = people.Select(person => person.Id).ToArray();
        var best = campaign.When() == CampaignWords.Best ? await times.OfAsync(ids, from, ct) : null;
        var zones = (await db.QueryAsync<(Guid Person, string? Name)>(ZonesSql, new { Ids = ids }, ct)).ToDictionary(
            row => row.Person,
            row => LocalTimes.IsUnknown(row.Name, shopZone, out var known) ? shopZone : known
        );
        return people.ToDictionary(
            person => person.Id,
            person =>
                CampaignStart.For(
                    campaign,
                    campaign.Variants!.FirstOrDefault(variant => variant.Key == person.Arm),
                    zones.GetValueOrDefault(person.Id, shopZone),
                    from,
                    () => best![person.Id].ToUniversalTime()
                )
        );
    }

    private static async Task NoteAsync(
        UnitOfWork work,
        Guid campaign,
        IReadOnlyList<Addressee> people,
        IReadOnlyDictionary<Guid, DateTimeOffset> starts,
        CancellationToken ct
    )
    {
        foreach (var set in people.Chunk(SetSize))
            await work.ExecuteAsync(
                """
                update campaign_members m set arm = p.arm, propensity = p.propensity, starts_at = p.starts_at
                from unnest(@Ids::uuid[], @Arms::text[], @Propensities::double precision[], @Starts::timestamptz[])
                    as p (id, arm, propensity, starts_at)
                where m.campaign_id = @Campaign and m.customer_id = p.id
                """,
                new
                {
                    Campaign = campaign,
                    Ids = set.Select(person => person.Id).ToArray(),
                    Arms = set.Select(person => person.Arm).ToArray(),
                    Propensities = set.Select(person => person.Propensity).ToArray(),
                    Starts = set.Select(person => starts[person.Id].ToUniversalTime()).ToArray(),
                },
                ct
            );
    }

    private const string ZonesSql = """
        select distinct on (asked.id) asked.id as person, r.time_zone as name
        from unnest(@Ids::uuid[]) as asked (id) join recipients r on r.canonical_id = asked.id
        order by asked.id, r.time_zone is null, r.customer_id <> r.canonical_id
        """;
}
