using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Messages;

/// <param name="Day">yyyy-MM-dd, UTC: of sending, or of the decision where nothing was sent.</param>
internal sealed record MailsOfDay(string Day, long Sent, long Suppressed, long Failed);

/// <summary>All mails of an automation, whenever.</summary>
internal sealed record MailsOfAutomation(
    string Automation,
    long Queued,
    long Sent,
    long Suppressed,
    long Failed,
    long Ambiguous,
    DateTimeOffset? LastSentAt
);

/// <summary><c>GET /api/v1/messages/overview?days=30</c>: how many mails left and did not, by day (every day, oldest first) and by automation.</summary>
internal static class MailOverview
{
    private const int LongestDays = 366;

    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.Messages + "/overview", HandleAsync).RequireScope(Scope.Read);

    internal static async Task<IResult> HandleAsync(int? days, EmailDatabase db, TimeProvider clock, CancellationToken ct)
    {
        if (days is < 1 or > LongestDays)
            return Problem.Invalid(new FieldError("days", $"Give a whole number from 1 to {LongestDays}."));
        var last = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var first = last.AddDays(1 - (days ?? 30));
        var byDay = await db.QueryAsync<Row>(
            ByDaySql,
            new
            {
                First = first,
                Last = last,
                Since = new DateTimeOffset(first.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
            },
            ct
        );
        var byAutomation = await db.QueryAsync<MailsOfAutomation>(ByAutomationSql, null, ct);
        return TypedResults.Ok(
            new
            {
                days = byDay.Select(row => new MailsOfDay(
                    row.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    row.Sent,
                    row.Suppressed,
                    row.Failed
                )),
                automations = byAutomation,
            }
        );
    }

    private const string ByDaySql = """
        select d.day::date as day, coalesce(m.sent, 0) as sent, coalesce(m.suppressed, 0) as suppressed, coalesce(m.failed, 0) as failed
        from generate_series(@First::date::timestamp, @Last::date::timestamp, interval '1 day') as d (day)
        left join (
            select (coalesce(sent_at, created_at) at time zone 'UTC')::date as day,
                count(*) filter (where status = 'sent') as sent,
                count(*) filter (where status = 'suppressed') as suppressed,
                count(*) filter (where status in ('failed', 'ambiguous')) as failed
            from mails where coalesce(sent_at, created_at) >= @Since
            group by 1
        ) m on m.day = d.day::date
        order by d.day
        """;

    private const string ByAutomationSql = """
        select automation, count(*) filter (where status in ('queued', 'claimed')) as queued, count(*) filter (where status = 'sent') as sent,
            count(*) filter (where status = 'suppressed') as suppressed, count(*) filter (where status = 'failed') as failed,
            count(*) filter (where status = 'ambiguous') as ambiguous, max(sent_at) as last_sent_at
        from mails group by automation order by automation
        """;

    private sealed record Row(DateOnly Day, long Sent, long Suppressed, long Failed);
}
