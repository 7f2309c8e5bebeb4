using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Messages;

/// <summary>A mail of the ledger, as the API shows it.</summary>
/// <param name="Status">queued, claimed, sent, suppressed, failed or ambiguous.</param>
/// <param name="Reason">Why it was suppressed, failed or waits.</param>
/// <param name="Location">Where it went: the path of a file, or the mail server with its answer.</param>
/// <param name="Automation">What caused it: an automation, the campaign of a send, or message.</param>
/// <param name="AmbiguousCount">How often nobody knew whether it had left; absent where always somebody did.</param>
/// <param name="Resolution">What was done about that: skipped or resent.</param>
/// <param name="Products">The cart's, then recommended ones with their reasons.</param>
internal sealed record Message(
    Guid Id,
    Guid CustomerId,
    string Automation,
    string Status,
    string? Reason,
    string? Subject,
    string? Location,
    IReadOnlyList<MailProduct> Products,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    string Purpose,
    Guid? SendId,
    string? Route,
    int? AmbiguousCount,
    DateTimeOffset? AmbiguousAt,
    string? Resolution,
    DateTimeOffset? BouncedAt
);

/// <summary>A row as it is read.</summary>
internal sealed record MessageRow(
    Guid Id,
    Guid CustomerId,
    string Automation,
    string Status,
    string? Reason,
    string? Subject,
    string? Location,
    string Products,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    string Purpose,
    Guid? SendId,
    string? Route,
    int? AmbiguousCount,
    DateTimeOffset? AmbiguousAt,
    string? Resolution,
    DateTimeOffset? BouncedAt
)
{
    // A mail that was never handed over (suppressed, say) would have shown the cart that caused it.
    public const string Columns = """
        id, customer_id, automation, status::text, reason, subject, location,
        case when products = '[]' then coalesce(payload -> 'lines', products) else products end as products, created_at, sent_at,
        purpose, send_id, route, nullif(ambiguous_count, 0) as ambiguous_count, ambiguous_at, resolution, bounced_at
        """;

    public Message ToMessage() =>
        new(
            Id,
            CustomerId,
            Automation,
            Status,
            Reason,
            Subject,
            Location,
            JsonSerializer.Deserialize<MailProduct[]>(Products, Json.Options) ?? [],
            CreatedAt,
            SentAt,
            Purpose,
            SendId,
            Route,
            AmbiguousCount,
            AmbiguousAt,
            Resolution,
            BouncedAt
        );
}

/// <summary>
/// <c>GET /api/v1/messages</c>: what was sent to whom, newest first; also what was not, and why. <c>status=ambiguous</c> lists every mail of
/// which it was ever unknown whether it had left, also where it was sent again since.
/// </summary>
internal static class ListMessages
{
    private static readonly string[] Statuses = ["queued", "claimed", "sent", "suppressed", "failed", "ambiguous"];

    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.Messages, HandleAsync).RequireScope(Scope.Read);

    internal static async Task<IResult> HandleAsync(
        EmailDatabase db,
        string? customer,
        string? status,
        string? send,
        int? limit,
        string? cursor,
        CancellationToken ct
    )
    {
        List<FieldError> errors = [];
        Guid? customerId = Guid.TryParse(customer, out var id) ? id : null;
        if (customer is not null && customerId is null)
            errors.Add(new("customer", "Give the customer's id (a UUID)."));
        Guid? sendId = Guid.TryParse(send, out var ofSend) ? ofSend : null;
        if (send is not null && sendId is null)
            errors.Add(new("send", "Give the send's id (a UUID)."));
        if (status is not null && !Statuses.Contains(status))
            errors.Add(new("status", $"Give one of {string.Join(", ", Statuses)}."));
        if (!Limit.TryRead(limit, out var rows, out var badLimit))
            errors.Add(badLimit);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            errors.Add(badCursor);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);

        var found = await db.QueryAsync<MessageRow>(
            Sql,
            new
            {
                Customer = customerId,
                Status = status,
                Send = sendId,
                Before = before,
                Rows = rows + 1,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of([.. found.Select(row => row.ToMessage())], rows, message => message.Id));
    }

    // Ids are UUID v7: their order is the order of creation. A customer's mails are those of all ids that are this person.
    private const string Sql = $"""
        select {MessageRow.Columns} from mails
        where (@Customer::uuid is null or customer_id = @Customer or customer_id in (
                select same.customer_id from recipients asked join recipients same using (canonical_id) where asked.customer_id = @Customer))
            and (@Status::text is null or status = @Status::mail_status or (@Status = 'ambiguous' and ambiguous_at is not null))
            and (@Send::uuid is null or send_id = @Send)
            and (@Before::uuid is null or id < @Before)
        order by id desc limit @Rows
        """;
}

/// <summary><c>GET /api/v1/messages/{id}</c>.</summary>
internal static class GetMessage
{
    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.Messages + "/{id:guid}", HandleAsync).RequireScope(Scope.Read);

    internal static async Task<IResult> HandleAsync(Guid id, EmailDatabase db, CancellationToken ct) =>
        await db.QuerySingleOrDefaultAsync<MessageRow>($"select {MessageRow.Columns} from mails where id = @Id", new { Id = id }, ct)
            is { } row
            ? TypedResults.Ok(row.ToMessage())
            : Problem.NotFound("message", "There is no mail with this id; GET /api/v1/messages lists those that are.");
}
