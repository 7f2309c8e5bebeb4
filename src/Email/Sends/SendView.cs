using MarketingPlatform.Email.Sending.Limits;
using MarketingPlatform.Email.Sending.Transport;

namespace MarketingPlatform.Email.Sends;

/// <summary>How many mails of a send are where.</summary>
/// <param name="Waiting">In the queue, or being rendered.</param>
/// <param name="UnderWay">Handed over to a mail server that has not answered yet.</param>
/// <param name="Ambiguous">May or may not have left.</param>
internal sealed record SendProgress(int Total, int Waiting, int UnderWay, int Sent, int Suppressed, int Failed, int Ambiguous, int Bounced);

/// <summary>A send as the API shows it.</summary>
/// <param name="Status">sending, paused, cancelled or done.</param>
/// <param name="Reason">Why it paused by itself.</param>
/// <param name="Asked">How many were in the audience; those who had the campaign before, or were forgotten, are not in the total.</param>
/// <param name="BestTime">Each person gets it at the hour at which they most likely open.</param>
/// <param name="PerSecond">Mails that left, over the last half minute.</param>
/// <param name="LastMailLeavesAt">As limits and speed look now; null where that cannot be said.</param>
internal sealed record SendView(
    Guid Id,
    string Campaign,
    string Occurrence,
    string Purpose,
    string Status,
    string? Reason,
    int Asked,
    bool BestTime,
    SendProgress Progress,
    double? PerSecond,
    DateTimeOffset? LastMailLeavesAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt
);

/// <summary>Reads sends with their progress and their forecast.</summary>
internal sealed class SendViews(EmailDatabase db, MailRoutes routes, TimeProvider clock)
{
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    public async Task<SendView?> FindAsync(Guid id, CancellationToken ct)
    {
        var rows = await ReadAsync("where s.id = @Id", new { Id = id, Since = clock.GetUtcNow() - Measured }, ct);
        return rows.SingleOrDefault();
    }

    /// <param name="before">Only sends older than this one.</param>
    public Task<IReadOnlyList<SendView>> ListAsync(Guid? before, int limit, CancellationToken ct) =>
        ReadAsync(
            "where (@Before::uuid is null or s.id < @Before) order by s.id desc limit @Limit",
            new
            {
                Before = before,
                Limit = limit,
                Since = clock.GetUtcNow() - Measured,
            },
            ct
        );

    private async Task<IReadOnlyList<SendView>> ReadAsync(string which, object args, CancellationToken ct)
    {
        var rows = await db.QueryAsync<Row>($"with s as (select s.* from sends s {which}) {ProgressSql}", args, ct);
        var now = clock.GetUtcNow();
        var uses = rows.Any(row => row.Status == "sending") ? await RouteLimits.UsesAsync(db, now, ct) : [];
        return [.. rows.Select(row => ViewOf(row, uses, now))];
    }

    private SendView ViewOf(Row row, IReadOnlyList<LimitUse> uses, DateTimeOffset now)
    {
        var elapsed = Math.Clamp((now - row.CreatedAt).TotalSeconds, 1, Measured.TotalSeconds);
        double? perSecond = row.Latest > 0 ? Math.Round(row.Latest / elapsed, 1) : null;
        var remaining = row.Waiting + row.UnderWay;
        var lastAt =
            row.Status == "sending"
                ? SendForecast.LastLeavesAt(
                    remaining,
                    [.. routes.All.Select(route => route.Limits)],
                    row.PerMinute is { } perMinute ? [new($"send {row.Id}", perMinute, TimeSpan.FromMinutes(1))] : [],
                    new LimitBook(uses),
                    perSecond,
                    now > row.NextAt ? now : row.NextAt ?? now
                )
                : null;
        // Mails that wait for their hour, or for a limit, do not leave before it however fast the others do.
        if (row.Status == "sending" && row.LastAt > now && !(lastAt > row.LastAt))
            lastAt = row.LastAt;
        var progress = new SendProgress(
            row.Total,
            row.Waiting,
            row.UnderWay,
            row.Sent,
            row.Suppressed,
            row.Failed,
            row.Ambiguous,
            row.Bounced
        );
        return new(
            row.Id,
            row.Campaign,
            row.Occurrence,
            row.Purpose,
            row.Status == "sending" && remaining == 0 ? "done" : row.Status,
            row.Reason,
            row.Asked,
            row.BestTime,
            progress,
            row.Status == "sending" ? perSecond : null,
            remaining == 0 ? null : lastAt,
            row.CreatedAt,
            row.EndedAt
        );
    }

    private const string ProgressSql = """
        select s.id, s.campaign, s.occurrence, s.purpose, s.status, s.reason, s.asked, s.best_time, s.per_minute, s.created_at, s.ended_at,
            count(m.id)::int as total,
            (count(*) filter (where m.status = 'queued' or (m.status = 'claimed' and m.handed_over_at is null)))::int as waiting,
            (count(*) filter (where m.status = 'claimed' and m.handed_over_at is not null))::int as under_way,
            (count(*) filter (where m.status = 'sent'))::int as sent,
            (count(*) filter (where m.status = 'suppressed'))::int as suppressed,
            (count(*) filter (where m.status = 'failed'))::int as failed,
            (count(*) filter (where m.status = 'ambiguous'))::int as ambiguous,
            count(m.bounced_at)::int as bounced,
            (count(*) filter (where m.handed_over_at > @Since and m.status = 'sent'))::int as latest,
            min(m.next_attempt_at) filter (where m.status = 'queued') as next_at,
            max(m.next_attempt_at) filter (where m.status = 'queued') as last_at
        from s left join mails m on m.send_id = s.id
        group by s.id, s.campaign, s.occurrence, s.purpose, s.status, s.reason, s.asked, s.best_time, s.per_minute, s.created_at, s.ended_at
        order by s.id desc
        """;

    private sealed record Row(
        Guid Id,
        string Campaign,
        string Occurrence,
        string Purpose,
        string Status,
        string? Reason,
        int Asked,
        bool BestTime,
        int? PerMinute,
        DateTimeOffset CreatedAt,
        DateTimeOffset? EndedAt,
        int Total,
        int Waiting,
        int UnderWay,
        int Sent,
        int Suppressed,
        int Failed,
        int Ambiguous,
        int Bounced,
        int Latest,
        DateTimeOffset? NextAt,
        DateTimeOffset? LastAt
    );
}
