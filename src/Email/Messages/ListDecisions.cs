using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Messages;

/// <summary>Why somebody got a mail, or did not.</summary>
/// <param name="Decision">What became of it: sent, suppressed, failed, ambiguous, or queued.</param>
/// <param name="Why">In words.</param>
internal sealed record DecisionView(Guid MessageId, string Automation, string Decision, string? Subject, string Why, DateTimeOffset At);

/// <summary><c>GET /api/v1/email/decisions?customer=ID</c>: what was decided about a customer's mails and why, newest first.</summary>
internal static class ListDecisions
{
    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.EmailDecisions, HandleAsync).RequireScope(Scope.Read);

    internal static async Task<IResult> HandleAsync(EmailDatabase db, string? customer, int? limit, CancellationToken ct)
    {
        List<FieldError> errors = [];
        if (!Guid.TryParse(customer, out var id))
            errors.Add(new("customer", "Give the customer's id (a UUID)."));
        if (!Limit.TryRead(limit, out var rows, out var badLimit))
            errors.Add(badLimit);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        var found = await db.QueryAsync<Row>(Sql, new { Customer = id, Rows = rows }, ct);
        return TypedResults.Ok(new Page<DecisionView>([.. found.Select(View)], null));
    }

    private static DecisionView View(Row row) =>
        new(
            row.Id,
            row.Automation,
            row.Status is "claimed" ? "queued" : row.Status,
            row.Subject,
            Explain(row.Automation, row.Status, row.Reason, row.Lines),
            row.At
        );

    /// <param name="lines">How many lines the cart had that caused it; null where no cart did.</param>
    internal static string Explain(string automation, string status, string? reason, int? lines)
    {
        var cause = (automation, lines) switch
        {
            ("welcome", _) => "Marketing mail was allowed for the first time.",
            (_, { } count) => string.Create(
                CultureInfo.InvariantCulture,
                $"A cart with {count} {(count == 1 ? "line" : "lines")} was left behind."
            ),
            _ => $"The automation {automation} decided it.",
        };
        return status switch
        {
            "sent" => cause,
            "suppressed" => $"{cause} Held back: {Words(reason)}.",
            "failed" => $"{cause} Failed: {Words(reason)}.",
            "ambiguous" => $"{cause} Whether it left is unclear: {Words(reason)}.",
            _ => reason is null ? $"{cause} It is about to leave." : $"{cause} It waits: {Words(reason)}.",
        };
    }

    private static string Words(string? reason) => reason is null ? "no reason was noted" : reason.Replace('-', ' ').TrimEnd('.');

    // As in the list of messages: a customer's mails are those of all ids that are this person.
    private const string Sql = """
        select id, automation, status::text, subject, reason, jsonb_array_length(payload -> 'lines') as lines, coalesce(sent_at, created_at) as at
        from mails
        where customer_id = @Customer or customer_id in (
            select same.customer_id from recipients asked join recipients same using (canonical_id) where asked.customer_id = @Customer)
        order by id desc limit @Rows
        """;

    private sealed record Row(Guid Id, string Automation, string Status, string? Subject, string? Reason, int? Lines, DateTimeOffset At);
}
