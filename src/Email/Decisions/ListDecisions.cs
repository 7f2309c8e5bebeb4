using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Decisions;

/// <summary>One question that was asked before a mail, in the order in which they are asked.</summary>
/// <param name="Name">trigger, hold-out, condition, arm, consent, suppression, cap, quiet-hours, send, delivery.</param>
/// <param name="Passed">Null: not asked, or not answered yet.</param>
/// <param name="Observed">What was seen.</param>
internal sealed record Gate(string Name, bool? Passed, string Observed, DateTimeOffset? At);

/// <summary>Why somebody got a mail, or did not.</summary>
/// <param name="MessageId">Null where it never came to a mail.</param>
/// <param name="Automation">Or the campaign.</param>
/// <param name="Decision">sent, suppressed, failed, ambiguous or queued; without a mail held-out, not-entered, not-sent, waiting or left.</param>
/// <param name="Why">In words.</param>
internal sealed record DecisionView(
    Guid? MessageId,
    string Automation,
    string Decision,
    string? Subject,
    string Why,
    DateTimeOffset At,
    IReadOnlyList<Gate>? Gates = null
);

/// <summary>
/// <c>GET /api/v1/email/decisions?customer=ID[&amp;campaign=NAME][&amp;at=TIME]</c>: what was decided about a customer and why, gate by gate,
/// newest first; with <c>at</c> as it stood at that moment.
/// </summary>
internal static class ListDecisions
{
    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.EmailDecisions, HandleAsync).RequireScope(Scope.Read);

    internal static async Task<IResult> HandleAsync(
        EmailDatabase db,
        TimeProvider clock,
        string? customer,
        string? campaign,
        DateTimeOffset? at,
        int? limit,
        CancellationToken ct
    )
    {
        List<FieldError> errors = [];
        if (!Guid.TryParse(customer, out var id))
            errors.Add(new("customer", "Give the customer's id (a UUID)."));
        if (!Limit.TryRead(limit, out var rows, out var badLimit))
            errors.Add(badLimit);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        var moment = at?.ToUniversalTime() ?? clock.GetUtcNow();
        var values = new
        {
            Customer = id,
            Campaign = campaign,
            At = moment,
            Rows = rows,
        };
        var person = await People.FindAsync(db, id, ct);
        var mails = await db.QueryAsync<MailRow>(MailsSql, values, ct);
        var journeys = await db.QueryAsync<JourneyRow>(JourneysSql, values, ct);
        var refusals = await db.QueryAsync<RefusalRow>(RefusalsSql, values, ct);
        var campaigns = await db.QueryAsync<CampaignMemberRow>(CampaignsSql, values, ct);
        var arms = (
            await db.QueryAsync<ArmRow>(ArmsSql, new { Sends = mails.Select(mail => mail.SendId).OfType<Guid>().Distinct().ToArray() }, ct)
        ).ToDictionary(row => row.SendId);
        Guid[] ids = [.. mails.Select(mail => mail.JourneyId).OfType<Guid>(), .. journeys.Select(journey => journey.Id)];
        var steps = (await db.QueryAsync<StepRow>(StepsSql, new { Ids = ids, At = moment }, ct)).ToLookup(step => step.JourneyId);
        var events = (
            await db.QueryAsync<EventRow>(EventsSql, new { Ids = mails.Select(mail => mail.Id).ToArray(), At = moment }, ct)
        ).ToLookup(row => row.MailId);
        var decisions = mails
            .Select(mail =>
                DecisionStory.OfMail(
                    mail,
                    person,
                    mail.JourneyId is { } journey ? steps[journey].ToArray() : [],
                    events[mail.Id].ToArray(),
                    moment,
                    mail.SendId is { } send ? arms.GetValueOrDefault(send) : null
                )
            )
            .Concat(journeys.Select(journey => DecisionStory.OfJourney(journey, steps[journey.Id].ToArray())))
            .Concat(refusals.Select(DecisionStory.OfRefusal))
            .Concat(campaigns.Select(DecisionStory.OfCampaign))
            .OrderByDescending(decision => decision.At)
            .Take(rows);
        return TypedResults.Ok(new Page<DecisionView>([.. decisions], null));
    }

    internal sealed record MailRow(
        Guid Id,
        string Automation,
        string Status,
        string Purpose,
        string? Reason,
        string? Subject,
        int? Lines,
        Guid? JourneyId,
        string? Node,
        Guid? SendId,
        string? Route,
        DateTimeOffset CreatedAt,
        DateTimeOffset? SentAt,
        DateTimeOffset? BouncedAt
    );

    internal sealed record JourneyRow(Guid Id, string Automation, string Key, string? Node, string? Outcome, DateTimeOffset EnteredAt);

    internal sealed record CampaignMemberRow(string Campaign, string? Reason, string? Arm, DateTimeOffset At);

    internal sealed record ArmRow(Guid SendId, string Arm, string Stage);

    internal sealed record RefusalRow(string Automation, string Key, string Gate, string Observed, DateTimeOffset At);

    internal sealed record StepRow(Guid JourneyId, string Node, string Kind, string Result, string? Detail, DateTimeOffset At);

    internal sealed record EventRow(Guid MailId, string Kind, string? Label, DateTimeOffset At);

    // As in the list of messages: a customer's mails are those of all ids that are this person.
    private const string IdsSql = """
        (select @Customer union
            select same.customer_id from recipients asked join recipients same using (canonical_id) where asked.customer_id = @Customer)
        """;

    private const string MailsSql = $"""
        select id, automation, status::text, purpose, reason, subject, jsonb_array_length(payload -> 'lines') as lines, journey_id, node, send_id,
            route, created_at, case when sent_at <= @At then sent_at end as sent_at, case when bounced_at <= @At then bounced_at end as bounced_at
        from mails
        where customer_id in {IdsSql} and created_at <= @At and (@Campaign::text is null or automation = @Campaign)
        order by id desc limit @Rows
        """;

    // Those that led to a mail are told with the mail.
    private const string JourneysSql = $"""
        select j.id, j.automation, j.key, case when j.node_at <= @At then j.node end as node,
            case when j.node_at <= @At then j.outcome end as outcome, j.entered_at
        from journeys j
        where j.customer_id in {IdsSql} and j.entered_at <= @At and (@Campaign::text is null or j.automation = @Campaign)
            and not exists (select from mails m where m.journey_id = j.id and m.created_at <= @At)
        order by j.entered_at desc limit @Rows
        """;

    private const string RefusalsSql = $"""
        select automation, key, gate, observed, at from journey_refusals
        where customer_id in {IdsSql} and at <= @At and (@Campaign::text is null or automation = @Campaign)
        order by at desc limit @Rows
        """;

    // Who got the campaign's mail is told with the mail.
    private const string CampaignsSql = $"""
        select c.name as campaign, m.reason, m.arm, c.launched_at as at
        from campaign_members m join campaigns c on c.id = m.campaign_id
        where m.customer_id in {IdsSql} and c.launched_at <= @At and (@Campaign::text is null or c.name = @Campaign)
            and not exists (
                select from campaign_sends s join mails sent on sent.send_id = s.send_id
                where s.campaign_id = c.id and sent.customer_id = m.customer_id and sent.created_at <= @At)
        order by c.launched_at desc limit @Rows
        """;

    private const string ArmsSql = "select send_id, arm, stage from campaign_sends where send_id = any(@Sends)";

    private const string StepsSql = """
        select journey_id, node, kind, result, detail, at from journey_steps
        where journey_id = any(@Ids) and at <= @At order by journey_id, ordinal
        """;

    private const string EventsSql = """
        select mail_id, kind::text as kind, label, at from mail_events
        where mail_id = any(@Ids) and at <= @At and kind <> 'trap' order by at
        """;
}
