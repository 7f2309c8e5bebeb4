using System.Text.Json;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Sends;

/// <summary>Puts a send with all its mails into the ledger, in sets.</summary>
internal sealed class SendQueue(BestTimes times, IOptions<EmailOptions> options)
{
    private const int SetSize = 5_000;
    private readonly string domain = MimeKit.MailboxAddress.Parse(options.Value.FromAddress).Domain;

    /// <param name="starts">When each person's mail may leave; null: as the request says.</param>
    public async Task AddAsync(
        UnitOfWork work,
        Guid id,
        CreateSendRequest request,
        IReadOnlyList<AudienceMember> members,
        DateTimeOffset now,
        CancellationToken ct,
        IReadOnlyDictionary<Guid, DateTimeOffset>? starts = null
    )
    {
        var send = new
        {
            Id = id,
            Campaign = request.Campaign ?? $"send-{id:N}",
            Occurrence = request.Occurrence ?? "",
            Purpose = request.Purpose ?? MailPurpose.Marketing,
            Content = JsonSerializer.Serialize(request.Content, Json.Options),
            request.PerMinute,
            Ambiguous = request.Ambiguous,
            request.Recommendations,
            Asked = members.Count,
            BestTime = request.BestTime is true,
            Now = now,
        };
        await work.ExecuteAsync(SendSql, send, ct);
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        var start = request.StartAt is { } at && at > now ? at.ToUniversalTime() : now;
        var own = starts ?? (send.BestTime ? await times.OfAsync([.. members.Select(m => m.CustomerId)], start, ct) : null);
        foreach (var set in members.Chunk(SetSize))
        {
            var ids = set.Select(_ => Guid.CreateVersion7(now)).ToArray();
            await work.ExecuteAsync(
                MailsSql,
                new
                {
                    send.Id,
                    send.Campaign,
                    send.Occurrence,
                    send.Purpose,
                    Now = now,
                    Starts = set.Select(m => own is null ? start : own[m.CustomerId].ToUniversalTime()).ToArray(),
                    Ids = ids,
                    Customers = set.Select(m => m.CustomerId).ToArray(),
                    Addresses = set.Select(m => m.Address).ToArray(),
                    Names = set.Select(m => m.Name).ToArray(),
                    Variables = set.Select(m => m.Variables).ToArray(),
                    MessageIds = ids.Select(mail => $"{mail:N}@{domain}").ToArray(),
                },
                ct
            );
        }
    }

    private const string SendSql = """
        insert into sends (id, campaign, occurrence, purpose, content, status, per_minute, ambiguous_policy, recommendations, asked, best_time,
            created_at)
        values (@Id, @Campaign, @Occurrence, @Purpose, @Content::jsonb, 'sending', @PerMinute, @Ambiguous, @Recommendations, @Asked, @BestTime,
            @Now)
        """;

    // A person who had this campaign's mail under another of their ids does not get it again; under the same id the unique key says so.
    // Of two entries of one person in the list the first counts. The look at other ids goes from person to person by index: as a join it
    // would read all of a campaign's mails for each set.
    private const string MailsSql = """
        insert into mails (id, customer_id, automation, occurrence, send_id, purpose, to_address, to_name, variables, message_id,
            next_attempt_at, due_at, created_at)
        select m.id, coalesce(r.canonical_id, m.customer_id), @Campaign, @Occurrence, @Id, @Purpose, m.address, m.name, m.variables::jsonb,
            m.message_id, m.start, m.start, @Now
        from unnest(@Ids::uuid[], @Customers::uuid[], @Addresses::text[], @Names::text[], @Variables::text[], @MessageIds::text[],
                @Starts::timestamptz[])
            with ordinality as m (id, customer_id, address, name, variables, message_id, start, place)
        left join recipients r on r.customer_id = m.customer_id
        where not is_erased(m.customer_id)
            and (
                select true from recipients same
                cross join lateral (
                    select from mails
                    where automation = @Campaign and customer_id = same.customer_id and occurrence = @Occurrence limit 1
                ) as had
                where same.canonical_id = r.canonical_id and same.customer_id <> r.canonical_id
                limit 1
            ) is null
        order by m.place
        on conflict (automation, customer_id, occurrence) do nothing
        """;
}
