using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using MarketingPlatform.Email.Consent;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email.Sending;

/// <summary>What a mail says: the name of a template, or subject, HTML and plain text (Liquid where many people get it).</summary>
internal sealed record SendContent(string? Template, string? Subject, string? Html, string? Text)
{
    /// <summary>Words of the template that this send says otherwise, in every locale: <c>subject</c>, <c>preheader</c>, <c>intro</c> … Liquid.</summary>
    public IReadOnlyDictionary<string, string>? Words { get; init; }

    /// <summary>The same for readers of one locale only; <see cref="Words"/> goes before it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? LocaleWords { get; init; }

    /// <summary>Name beside the sender's address. Default: the shop's.</summary>
    public string? SenderName { get; init; }

    /// <summary>Pool of codes instead of the template's.</summary>
    public string? CouponPool { get; init; }

    [JsonIgnore]
    public bool Rewords => Template is not null && (Words is { Count: > 0 } || LocaleWords is { Count: > 0 });
}

internal sealed record MailAttachment(string Name, string ContentType, byte[] Content);

/// <summary>What one mail is made of, before it is rendered.</summary>
/// <param name="Template">Null for raw content.</param>
/// <param name="Raw">Null for a template.</param>
/// <param name="Recommendations">How many products to ask for; null: as the service is configured.</param>
internal sealed record MailSource(
    string? Template,
    RawContent? Raw,
    string? Campaign,
    int? Recommendations,
    IReadOnlyList<MailAttachment> Attachments,
    string? ReplyTo = null
)
{
    public bool ShowsRecommendations => Raw?.ShowsRecommendations ?? true;

    /// <summary>The template with words of its own; null: as it is.</summary>
    public RewordedTemplate? Reworded { get; init; }

    public string? SenderName { get; init; }

    public string? CouponPool { get; init; }

    /// <exception cref="TemplateException">It cannot be rendered.</exception>
    public MailContent Render(MailTemplates templates, MailModel model) =>
        Raw is not null ? Raw.Render(model)
        : Reworded is not null ? Reworded.Render(templates.Library, model)
        : templates.Render(Template!, model);
}

/// <summary>
/// Subject, HTML and text that a caller gave. Liquid with the values of templates and, under <c>data</c>, those of the recipient; a single
/// message is taken as it is. Parsed once, used by all threads.
/// </summary>
internal sealed class RawContent
{
    private readonly SendContent content;
    private readonly CompiledLiquid? subject;
    private readonly CompiledLiquid? html;
    private readonly CompiledLiquid? text;

    /// <param name="isLiquid">False: what is given is what is sent.</param>
    /// <exception cref="TemplateException">It is not Liquid.</exception>
    public RawContent(SendContent content, bool isLiquid)
    {
        this.content = content;
        if (!isLiquid)
            return;
        subject = LiquidSandbox.Parse("subject", content.Subject ?? "");
        html = content.Html is null ? null : LiquidSandbox.Parse("html", content.Html);
        text = content.Text is null ? null : LiquidSandbox.Parse("text", content.Text);
    }

    public bool ShowsRecommendations =>
        subject is not null
        && new[] { content.Subject, content.Html, content.Text }.Any(part =>
            part?.Contains("recommendations", StringComparison.Ordinal) == true
        );

    public MailContent Render(MailModel model)
    {
        if (subject is null)
            return new(MailModel.Clean(content.Subject) ?? "", content.Html ?? "", content.Text ?? "");
        var values = model.ToLiquid();
        var page = html is null ? "" : LiquidSandbox.Render(html, LiquidSandbox.Escape(values), html: true);
        return new(
            MailModel.Clean(LiquidSandbox.Render(subject, values)) ?? "",
            model.Links is { } links ? links.Rewrite(page) : page,
            text is null ? "" : LiquidSandbox.Render(text, values)
        );
    }
}

/// <summary>The values of one recipient: a flat JSON object of texts, numbers and yes or no.</summary>
internal static class Variables
{
    public const int MaxCount = 50;
    public const int MaxLength = 2_000;

    /// <returns>What is wrong, or null.</returns>
    public static string? Problem(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return "Variables are an object: {\"name\": value}.";
        var variables = document.RootElement.EnumerateObject().ToArray();
        return variables.Length > MaxCount ? $"Give at most {MaxCount} variables."
            : variables.Any(variable => variable.Name.Length is 0 or > 100) ? "Names of variables have 1 to 100 characters."
            : variables.Any(variable => variable.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                ? "Variables are texts, numbers, true or false; no lists and no objects."
            : variables.Any(variable => variable.Value.GetRawText().Length > MaxLength) ? $"A variable has at most {MaxLength} characters."
            : null;
    }
}

/// <summary>
/// Reads a JSON value as its own text. A list of a hundred thousand recipients is then as many strings, not as many documents.
/// </summary>
internal sealed class RawJson : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteRawValue(value);
}

/// <summary>Finds what a mail is made of. The content of a send is read once: it never changes.</summary>
internal sealed class MailContents(EmailDatabase db)
{
    /// <summary>What stands in the ledger as the automation of a mail that was asked for by itself.</summary>
    public const string SingleMessage = "message";

    private const int MaxSends = 100;
    private readonly ConcurrentDictionary<Guid, MailSource> ofSends = new();

    public async Task<MailSource> OfAsync(ClaimedMail mail, CancellationToken ct)
    {
        if (mail.SendId is { } send)
            return ofSends.TryGetValue(send, out var known) ? known : await ReadSendAsync(send, ct);
        return mail.Automation == SingleMessage
            ? await ReadMessageAsync(mail, ct)
            : new(mail.Template ?? mail.Automation, null, mail.Automation, mail.Automation == ConsentQuestion.Name ? 0 : null, []);
    }

    private async Task<MailSource> ReadSendAsync(Guid send, CancellationToken ct)
    {
        var row = await db.QuerySingleAsync<SendRow>(
            "select campaign, content, recommendations from sends where id = @Id",
            new { Id = send },
            ct
        );
        var content = JsonSerializer.Deserialize<SendContent>(row.Content, Json.Options)!;
        var source = new MailSource(
            content.Template,
            content.Template is null ? new RawContent(content, isLiquid: true) : null,
            row.Campaign,
            row.Recommendations,
            []
        )
        {
            Reworded = content.Rewords ? new(content) : null,
            SenderName = content.SenderName,
            CouponPool = content.CouponPool,
        };
        // Old ones are read again, should they ever be needed.
        if (ofSends.Count >= MaxSends)
            ofSends.Clear();
        ofSends[send] = source;
        return source;
    }

    private async Task<MailSource> ReadMessageAsync(ClaimedMail mail, CancellationToken ct)
    {
        var row = await db.QuerySingleAsync<MessageRow>(
            "select template, subject, html, text, reply_to from message_contents where mail_id = @Id",
            new { mail.Id },
            ct
        );
        var attachments = await db.QueryAsync<MailAttachment>(
            "select name, content_type, content from message_attachments where mail_id = @Id order by ordinal",
            new { mail.Id },
            ct
        );
        return new(
            row.Template,
            row.Template is null ? new RawContent(new(null, row.Subject, row.Html, row.Text), isLiquid: false) : null,
            mail.Automation,
            null,
            attachments,
            row.ReplyTo
        );
    }

    private sealed record MessageRow(string? Template, string? Subject, string? Html, string? Text, string? ReplyTo);

    private sealed record SendRow(string Campaign, string Content, int? Recommendations);
}
