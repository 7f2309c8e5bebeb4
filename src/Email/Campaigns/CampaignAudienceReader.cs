using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Segments;
using MarketingPlatform.Email.Sending.Timing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>Who is meant by a campaign at this moment, with what decides about each.</summary>
internal sealed class CampaignAudienceReader(EmailDatabase db, SegmentClient segments, IOptions<EmailOptions> options)
{
    private const int SetSize = 5_000;

    /// <returns>Each person once; a problem where Segmentation does not know a segment, or is away.</returns>
    public async Task<(IReadOnlyList<Candidate>? Candidates, ProblemHttpResult? Problem)> ReadAsync(
        string name,
        Campaign campaign,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var audience = campaign.Audience!;
        var asked = new Sets(segments, ct);
        List<Guid> ids = [];
        foreach (var segment in audience.Segments ?? [])
            ids.AddRange(await asked.MembersAsync(segment));
        HashSet<Guid> excluded = [];
        foreach (var segment in audience.Exclude ?? [])
            excluded.UnionWith(await asked.MembersAsync(segment));
        HashSet<Guid>? byMail = audience.BestChannelOnly ? [] : null;
        foreach (var segment in audience.BestChannelOnly ? audience.Segments! : [])
            byMail!.UnionWith(await asked.ReachedByMailAsync(segment));
        var reported = new Dictionary<Guid, string>();
        foreach (var segment in campaign.SegmentsToReport())
        foreach (var id in await asked.MembersAsync(segment))
            reported.TryAdd(id, segment);
        if (asked.Problem is not null)
            return (null, asked.Problem);

        if (audience.Segments is not { Count: > 0 })
            ids.AddRange(await db.QueryAsync<Guid>("select distinct canonical_id from recipients order by 1", null, ct));
        var persons = await PersonsAsync([.. ids, .. excluded, .. byMail ?? [], .. reported.Keys], ct);
        Guid PersonOf(Guid id) => persons.GetValueOrDefault(id, id);
        var left = excluded.Select(PersonOf).ToHashSet();
        var reached = byMail?.Select(PersonOf).ToHashSet();
        var segmentOf = new Dictionary<Guid, string>();
        foreach (var (id, segment) in reported)
            segmentOf.TryAdd(PersonOf(id), segment);
        var had = (await db.QueryAsync<Guid>(HadSql, new { Name = name }, ct)).ToHashSet();
        var earlier = await EarlierAsync(now, ct);

        List<Candidate> candidates = [];
        foreach (var set in ids.Select(PersonOf).Distinct().Order().Chunk(SetSize))
        {
            await using var work = await db.BeginAsync(ct);
            var people = (await People.LoadAsync(work, set, ct)).ToDictionary(person => person.Id);
            candidates.AddRange(
                set.Select(id => new Candidate(
                    id,
                    people.GetValueOrDefault(id),
                    left.Contains(id),
                    reached?.Contains(id) == false,
                    had.Contains(id),
                    [.. earlier[id]],
                    segmentOf.GetValueOrDefault(id, "")
                ))
            );
        }
        return (candidates, null);
    }

    private async Task<Dictionary<Guid, Guid>> PersonsAsync(IEnumerable<Guid> ids, CancellationToken ct)
    {
        var persons = new Dictionary<Guid, Guid>();
        foreach (var set in ids.Distinct().Chunk(SetSize))
        foreach (
            var (id, person) in await db.QueryAsync<(Guid Id, Guid Person)>(
                "select customer_id as id, canonical_id as person from recipients where customer_id = any(@Ids)",
                new { Ids = set },
                ct
            )
        )
            persons[id] = person;
        return persons;
    }

    private async Task<ILookup<Guid, EarlierMail>> EarlierAsync(DateTimeOffset now, CancellationToken ct)
    {
        var caps = options.Value.Caps;
        var rows =
            caps.Count == 0 ? [] : await db.QueryAsync<EarlierMail>(EarlierSql, new { Since = now - caps.Max(cap => cap.Window) }, ct);
        return rows.ToLookup(mail => mail.PersonId);
    }

    // By way of the sends, for which there is an index: only their mails have no occurrence, those of automations name their step.
    private const string HadSql = """
        select distinct coalesce(r.canonical_id, m.customer_id)
        from sends s join mails m on m.send_id = s.id left join recipients r using (customer_id)
        where s.campaign = @Name and s.occurrence = ''
        """;

    private const string EarlierSql = """
        select coalesce(r.canonical_id, m.customer_id) as person_id, m.purpose, coalesce(m.sent_at, m.claimed_at) as at
        from mails m left join recipients r using (customer_id)
        where m.status in ('sent', 'ambiguous') and coalesce(m.sent_at, m.claimed_at) > @Since
        """;

    /// <summary>Segments that were asked for, each once; after the first trouble nothing more is asked.</summary>
    private sealed class Sets(SegmentClient segments, CancellationToken ct)
    {
        private readonly Dictionary<string, IReadOnlyList<Guid>> members = [];

        public ProblemHttpResult? Problem { get; private set; }

        public async Task<IReadOnlyList<Guid>> MembersAsync(string segment)
        {
            if (members.TryGetValue(segment, out var known))
                return known;
            return members[segment] = await NoteAsync(() => segments.ReadAsync(segment, ct));
        }

        public Task<IReadOnlyList<Guid>> ReachedByMailAsync(string segment) =>
            NoteAsync(() => segments.ReadReachedByMailAsync(segment, ct));

        private async Task<IReadOnlyList<Guid>> NoteAsync(Func<Task<(IReadOnlyList<Guid>? Members, ProblemHttpResult? Problem)>> ask)
        {
            if (Problem is not null)
                return [];
            var (found, problem) = await ask();
            Problem = problem;
            return found ?? [];
        }
    }
}
