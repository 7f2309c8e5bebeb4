using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Tracking;

/// <summary>An open or a click, as the API shows it.</summary>
/// <param name="Kind">open, click, or trap (a link that nobody sees).</param>
/// <param name="Label">human, privacy-proxy or scanner; null for the minute until it is known.</param>
internal sealed record MailEvent(Guid Id, string Kind, string? Url, string UserAgent, string? Label, DateTimeOffset At);

/// <summary>Figures of one template. "Human" ones are what decisions use; raw ones are what other tools print.</summary>
/// <param name="HumanOpened">Mails with at least one human open or click: who clicks has opened.</param>
internal sealed record MailTotals(
    string Template,
    int Sent,
    int RawOpens,
    int HumanOpens,
    int RawClicks,
    int HumanClicks,
    int RawOpened,
    int HumanOpened,
    int RawClicked,
    int HumanClicked
);

/// <summary><c>GET /api/v1/messages/{id}/events</c> and <c>GET /api/v1/messages/totals</c>: raw and human side by side.</summary>
internal static class MessageEvents
{
    private const int MaxEvents = 1_000;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Messages + "/{id:guid}/events", HandleAsync).RequireScope(Scope.Read);
        root.MapGet(Routes.Messages + "/totals", TotalsAsync).RequireScope(Scope.Read);
    }

    internal static async Task<IResult> HandleAsync(Guid id, EmailDatabase db, CancellationToken ct)
    {
        if (!await db.QuerySingleAsync<bool>("select exists (select from mails where id = @Id)", new { Id = id }, ct))
            return Problem.NotFound("message", "There is no mail with this id; GET /api/v1/messages lists those that are.");
        var events = await db.QueryAsync<MailEvent>(
            "select id, kind::text, url, user_agent, label, at from mail_events where mail_id = @Id order by at desc, id desc limit @Max",
            new { Id = id, Max = MaxEvents },
            ct
        );
        return TypedResults.Ok(new Page<MailEvent>(events, null));
    }

    /// <param name="from">Mails sent from this time on; default 30 days ago.</param>
    /// <param name="to">Mails sent before this time; default now.</param>
    internal static async Task<IResult> TotalsAsync(
        EmailDatabase db,
        TimeProvider clock,
        DateTimeOffset? from,
        DateTimeOffset? to,
        CancellationToken ct
    )
    {
        var until = to ?? clock.GetUtcNow();
        var since = from ?? until - TimeSpan.FromDays(30);
        if (since >= until)
            return Problem.Invalid(new FieldError("from", "Give a time before 'to'."));
        var totals = await db.QueryAsync<MailTotals>(TotalsSql, new { From = since, To = until }, ct);
        return TypedResults.Ok(new Page<MailTotals>(totals, null));
    }

    private const string TotalsSql = """
        with sent as (
            select id, automation from mails where sent_at >= @From and sent_at < @To
        ), told as (
            select e.mail_id,
                count(*) filter (where kind = 'open') as raw_opens,
                count(*) filter (where kind = 'open' and label = 'human') as human_opens,
                count(*) filter (where kind = 'click') as raw_clicks,
                count(*) filter (where kind = 'click' and label = 'human') as human_clicks
            from mail_events e join sent on sent.id = e.mail_id group by e.mail_id
        )
        select sent.automation as template, count(*)::int as sent,
            coalesce(sum(raw_opens), 0)::int as raw_opens, coalesce(sum(human_opens), 0)::int as human_opens,
            coalesce(sum(raw_clicks), 0)::int as raw_clicks, coalesce(sum(human_clicks), 0)::int as human_clicks,
            (count(*) filter (where raw_opens + raw_clicks > 0))::int as raw_opened,
            (count(*) filter (where human_opens + human_clicks > 0))::int as human_opened,
            (count(*) filter (where raw_clicks > 0))::int as raw_clicked,
            (count(*) filter (where human_clicks > 0))::int as human_clicked
        from sent left join told on told.mail_id = sent.id
        group by sent.automation order by sent.automation
        """;
}
