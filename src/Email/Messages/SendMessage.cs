using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Messages;

/// <param name="Content">Base64.</param>
internal sealed record AttachmentRequest(string? Name, string? ContentType, string? Content);

/// <param name="To">An address; or <paramref name="CustomerId"/> for the customer's own.</param>
/// <param name="Name">Beside the address. Default: the customer's, where one is known.</param>
/// <param name="Purpose">transactional (default; no consent needed, no way out) or marketing.</param>
/// <param name="Content">A template, or subject with html or text or both, sent as they are.</param>
internal sealed record SendMessageRequest(
    string? To,
    Guid? CustomerId,
    string? Name,
    string? ReplyTo,
    string? Purpose,
    SendContent? Content,
    IReadOnlyList<AttachmentRequest>? Attachments
);

/// <param name="MessageId">The Message-ID header, without angle brackets.</param>
internal sealed record AcceptedMessage(Guid Id, string MessageId, string Status);

/// <summary><c>POST /api/v1/messages</c>: one mail to one person, now: a receipt, a password, an answer.</summary>
internal static class SendMessage
{
    private const int MaxBodyBytes = 24 * 1024 * 1024;
    private const int MaxAttachments = 10;
    private const int MaxAttachmentBytes = 15 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Messages, HandleAsync)
            .RequireScope(Scope.Write)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithName("sendMessage")
            .WithSummary("Sends one mail to one person.");

    internal static async Task<IResult> HandleAsync(
        SendMessageRequest request,
        [FromHeader(Name = IdempotencyKeys.Header)] string? idempotencyKey,
        EmailDatabase db,
        SigningKeys keys,
        MailTemplates templates,
        IOptions<EmailOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        List<FieldError> errors = [.. Check(request, templates)];
        var attachments = ReadAttachments(request.Attachments ?? [], errors);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var work = await db.BeginAsync(ct);
        var (resource, conflict) = await IdempotencyKeys.ClaimAsync(work, "send-message", idempotencyKey, request, id, now, ct);
        if (conflict is not null)
            return conflict;
        if (resource == id)
        {
            var (customer, address) = await RecipientAsync(db, keys, request, ct);
            var domain = MailboxAddress.Parse(options.Value.FromAddress).Domain;
            await AddAsync(work, id, customer, address, request, $"{id:N}@{domain}", attachments, now, ct);
            await work.CommitAsync(ct);
        }
        var row = await db.QuerySingleOrDefaultAsync<AcceptedMessage>(
            "select id, message_id, status::text from mails where id = @Id",
            new { Id = resource },
            ct
        );
        return row is null
            ? Problem.NotFound("message", "The message of this Idempotency-Key is gone with the customer, who was forgotten.")
            : TypedResults.Accepted($"{Routes.Messages}/{resource}", row);
    }

    internal static IEnumerable<FieldError> Check(SendMessageRequest request, MailTemplates templates)
    {
        if ((request.To is null) == (request.CustomerId is null))
            yield return new("to", "Give either to or customerId.");
        if (request.To is not null && !MailFields.IsAddress(request.To))
            yield return new("to", "Give one e-mail address (anna@example.com), without a name and without line breaks.");
        if (request.ReplyTo is not null && !MailFields.IsAddress(request.ReplyTo))
            yield return new("replyTo", "Give one e-mail address (help@shop.example), without a name and without line breaks.");
        foreach (var error in MailFields.CheckLine("name", request.Name, MailFields.MaxName))
            yield return error;
        if (request.Purpose is not null && !MailPurpose.All.Contains(request.Purpose))
            yield return new("purpose", $"Give one of {string.Join(", ", MailPurpose.All)}.");
        foreach (var error in MailFields.CheckContent(request.Content, templates, isLiquid: false))
            yield return error;
    }

    private static List<MailAttachment> ReadAttachments(IReadOnlyList<AttachmentRequest> requests, List<FieldError> errors)
    {
        List<MailAttachment> attachments = [];
        if (requests.Count > MaxAttachments)
            errors.Add(new("attachments", $"Give at most {MaxAttachments}."));
        for (var i = 0; i < requests.Count; i++)
        {
            // Readers of JSON let null through as an entry of a list.
            var (name, type, content) = requests[i] ?? new(null, null, null);
            if (string.IsNullOrWhiteSpace(name))
                errors.Add(new($"attachments[{i}].name", "Give a file name."));
            errors.AddRange(MailFields.CheckLine($"attachments[{i}].name", name, MailFields.MaxName));
            if (type is null || !MailFields.IsOneLine(type) || !ContentType.TryParse(type, out var parsed))
                errors.Add(new($"attachments[{i}].contentType", "Give a media type (application/pdf)."));
            // They hold further parts, may not be base64 (RFC 2046), and reach the reader broken.
            else if (parsed.IsMimeType("multipart", "*") || parsed.IsMimeType("message", "*"))
                errors.Add(new($"attachments[{i}].contentType", "Give the media type of a file; a mail goes as application/octet-stream."));
            var bytes = new byte[(content?.Length ?? 0) * 3 / 4 + 3];
            if (string.IsNullOrEmpty(content) || !Convert.TryFromBase64String(content, bytes, out var length))
                errors.Add(new($"attachments[{i}].content", "Give the file's bytes as base64."));
            else
                attachments.Add(new(name ?? "", type ?? "", bytes[..length]));
        }
        if (attachments.Sum(attachment => (long)attachment.Content.Length) > MaxAttachmentBytes)
            errors.Add(new("attachments", $"Give at most {MaxAttachmentBytes / 1024 / 1024} MB in all; link to larger files."));
        return attachments;
    }

    // A given address is mailed as given, whoever it belongs to; the row names that person, so that it is forgotten with them.
    private static async Task<(Guid Customer, string? Address)> RecipientAsync(
        EmailDatabase db,
        SigningKeys keys,
        SendMessageRequest request,
        CancellationToken ct
    )
    {
        if (request.CustomerId is { } customer)
            return (customer, null);
        var address = request.To!.Trim();
        var hash = await keys.HashAddressAsync(address, ct);
        var known = await AudienceReader.FindAsync(db, [hash], ct);
        return (known.TryGetValue(Convert.ToHexString(hash), out var somebody) ? somebody : AddressIds.Of(hash), address);
    }

    /// <param name="customer">Whose mail it is: it is forgotten with them.</param>
    /// <param name="address">Null: the customer's own.</param>
    internal static async Task AddAsync(
        UnitOfWork work,
        Guid id,
        Guid customer,
        string? address,
        SendMessageRequest request,
        string messageId,
        IReadOnlyList<MailAttachment> attachments,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var values = new
        {
            Id = id,
            Customer = customer,
            Automation = MailContents.SingleMessage,
            Occurrence = id.ToString("N"),
            Purpose = request.Purpose ?? MailPurpose.Transactional,
            Address = address,
            request.Name,
            MessageId = messageId,
            Trace = System.Diagnostics.Activity.Current?.Id,
            Now = now,
            request.Content!.Template,
            request.Content.Subject,
            request.Content.Html,
            request.Content.Text,
            request.ReplyTo,
            Ordinals = attachments.Select((_, i) => i).ToArray(),
            Names = attachments.Select(a => a.Name).ToArray(),
            Types = attachments.Select(a => a.ContentType).ToArray(),
            Contents = attachments.Select(a => a.Content).ToArray(),
        };
        await work.ExecuteAsync(MailSql, values, ct);
        if (attachments.Count > 0)
            await work.ExecuteAsync(AttachmentsSql, values, ct);
    }

    private const string MailSql = """
        insert into message_contents (mail_id, customer_id, template, subject, html, text, reply_to)
        values (@Id, @Customer, @Template, @Subject, @Html, @Text, @ReplyTo);

        insert into mails (id, customer_id, automation, occurrence, purpose, to_address, to_name, message_id, trace_parent, next_attempt_at,
            due_at, created_at)
        values (@Id, @Customer, @Automation, @Occurrence, @Purpose, @Address, @Name, @MessageId, @Trace, @Now, @Now, @Now)
        """;

    private const string AttachmentsSql = """
        insert into message_attachments (mail_id, customer_id, ordinal, name, content_type, content)
        select @Id, @Customer, a.* from unnest(@Ordinals::int[], @Names::text[], @Types::text[], @Contents::bytea[]) as a
        """;
}
