using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Tracking;

/// <summary>Labels opens and clicks once their neighbours are known, and tells the others. Several instances share the work.</summary>
internal sealed class LabelEvents(EmailDatabase db, IOptions<EmailOptions> options, TimeProvider clock, ILogger<LabelEvents> log)
    : BackgroundService
{
    private const int BatchSize = 500;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(
            db,
            async ct => await LabelAsync(ct) == BatchSize ? TimeSpan.Zero : options.Value.LabelInterval,
            options.Value.LabelInterval,
            e => log.LogError(e, "Labelling paused"),
            clock,
            stoppingToken
        );

    /// <returns>How many events were labelled.</returns>
    internal async Task<int> LabelAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        var due = await work.QueryAsync<EventRow>(DueSql, new { Until = clock.GetUtcNow() - options.Value.LabelAfter, BatchSize }, ct);
        if (due.Count == 0)
            return 0;
        var all = await work.QueryAsync<EventRow>(AllSql, new { Mails = due.Select(e => e.MailId).Distinct().ToArray() }, ct);
        var byMail = all.GroupBy(e => e.MailId)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<RawMailEvent>)[.. group.Select(Raw)]);
        var labels = due.Select(e => EventLabels.Of(Raw(e), byMail[e.MailId], e.SentAt)).ToArray();
        await work.ExecuteAsync(
            "update mail_events e set label = l.label from unnest(@Ids::uuid[], @Labels::text[]) as l (id, label) where e.id = l.id",
            new { Ids = due.Select(e => e.Id).ToArray(), Labels = labels },
            ct
        );
        foreach (var (e, label) in due.Zip(labels))
        {
            if (e.Kind == "open")
                work.Publish(new EmailOpened(e.Id, e.MailId, e.CustomerId, e.Template, label, e.At));
            else if (e.Kind == "click")
                work.Publish(new EmailClicked(e.Id, e.MailId, e.CustomerId, e.Template, e.Url ?? "", label, e.At));
        }
        await work.CommitAsync(ct);
        return due.Count;
    }

    private sealed record EventRow(
        Guid Id,
        Guid MailId,
        Guid CustomerId,
        string Template,
        string Kind,
        string? Url,
        int? Link,
        int? Links,
        string UserAgent,
        bool IsHead,
        DateTimeOffset At,
        DateTimeOffset? SentAt
    );

    private static RawMailEvent Raw(EventRow e) =>
        new(e.Id, Enum.Parse<TrackedKind>(e.Kind, ignoreCase: true), e.Link, e.Links, e.UserAgent, e.IsHead, e.At);

    private const string Columns = """
        e.id, e.mail_id, e.customer_id, e.template, e.kind::text, e.url, e.link, e.links, e.user_agent, e.is_head, e.at, m.sent_at
        """;

    private const string DueSql = $"""
        select {Columns} from mail_events e left join mails m on m.id = e.mail_id
        where e.label is null and e.at <= @Until order by e.at limit @BatchSize for update of e skip locked
        """;

    private const string AllSql =
        $"select {Columns} from mail_events e left join mails m on m.id = e.mail_id where e.mail_id = any(@Mails)";
}
