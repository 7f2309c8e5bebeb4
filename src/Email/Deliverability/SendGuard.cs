using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Deliverability;

/// <summary>Looks at the latest mails of each running send and pauses it where too many bounce or are reported as spam.</summary>
internal sealed class SendGuard(EmailDatabase db, IOptions<EmailOptions> options, ILogger<SendGuard> log)
{
    public async Task CheckAsync(CancellationToken ct)
    {
        foreach (var send in await db.QueryAsync<SendRow>(RecentSql, new { options.Value.Breaker.Window }, ct))
        {
            if (SendBreaker.Decide(new(send.Mails, send.Bounced, send.Complained), options.Value.Breaker) is not { } reason)
                continue;
            log.LogWarning("Send {Id} is paused: {Reason}", send.Id, reason);
            await db.ExecuteAsync(
                "update sends set status = 'paused', reason = @Reason where id = @Id and status = 'sending'",
                new { send.Id, Reason = reason },
                ct
            );
        }
    }

    // Only sends with a bounce or complaint at all; what came before the last resumption was forgiven with it.
    private const string RecentSql = """
        select s.id, count(*)::int as mails, count(latest.bounced_at)::int as bounced, count(latest.complained_at)::int as complained
        from sends s cross join lateral (
            select bounced_at, complained_at from mails
            where send_id = s.id and claimed_at is not null and handed_over_at >= coalesce(s.resumed_at, s.created_at)
                and status in ('sent', 'failed')
            order by claimed_at desc limit @Window
        ) as latest
        where s.status = 'sending' and exists (
            select from mails where send_id = s.id and (bounced_at is not null or complained_at is not null))
        group by s.id
        """;

    private sealed record SendRow(Guid Id, int Mails, int Bounced, int Complained);
}
