using System.ComponentModel.DataAnnotations;
using MailKit.Security;
using MimeKit;

namespace MarketingPlatform.Email;

/// <summary>What becomes of a mail that may or may not have left when the process died or the connection broke.</summary>
internal enum AmbiguousPolicy
{
    Skip,
    Resend,
}

/// <summary>Bound from the section <c>Email</c>.</summary>
internal sealed class EmailOptions : IValidatableObject
{
    public const string Section = "Email";

    /// <value>Address that mails come from. Default news@shop.example; set it to one of the shop's own domain.</value>
    [Required]
    public string FromAddress { get; init; } = "news@shop.example";

    /// <value>Name beside the address. Default empty: the shop's name.</value>
    public string FromName { get; init; } = "";

    public SmtpOptions Smtp { get; init; } = new();

    /// <value>Folder for <c>*.eml</c> files while no SMTP host is set. Default .data/outbox.</value>
    [Required]
    public string OutboxDirectory { get; init; } = ".data/outbox";

    /// <value>Skip (default): a mail that may have left is listed and not sent again. Resend: once too often rather than never.</value>
    public AmbiguousPolicy AmbiguousPolicy { get; init; } = AmbiguousPolicy.Skip;

    /// <value>Mails sent at the same time, each over a connection of its own. Default 4; 1 to 8 (the database pool holds 10).</value>
    [Range(1, 8)]
    public int Concurrency { get; init; } = 4;

    /// <value>How long a mail is tried before it counts as failed; later it would be old news. Default 1 day.</value>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(1);

    /// <value>Products asked for each mail. Default 4.</value>
    [Range(0, 12)]
    public int Recommendations { get; init; } = 4;

    /// <value>How long a mail waits for its recommendations before it leaves without. Default 200 ms.</value>
    public TimeSpan RecommendationTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <value>
    /// How long a mail waits for the recipient's address or consent where none is known yet: events overtake each other. Default 20 s.
    /// </value>
    public TimeSpan WaitForRecipient { get; init; } = TimeSpan.FromSeconds(20);

    /// <value>Whether links and a picture tell of clicks and opens. Default true; a template can say no for itself.</value>
    public bool Track { get; init; } = true;

    /// <value>The <c>utm_source</c> of links to the shop's site. Default email.</value>
    public string UtmSource { get; init; } = "email";

    /// <value>How long an open or a click waits for its neighbours before it is labelled. Default 60 s.</value>
    public TimeSpan LabelAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <value>How often opens and clicks are labelled. Default 10 s.</value>
    public TimeSpan LabelInterval { get; init; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!MailboxAddress.TryParse(FromAddress, out var from) || !from.Address.Contains('@', StringComparison.Ordinal))
            yield return new("Email:FromAddress must be an e-mail address (news@your-shop.example).", [nameof(FromAddress)]);
        if (Smtp.Port is < 1 or > 65535)
            yield return new("Email:Smtp:Port must be from 1 to 65535.", [nameof(Smtp)]);
        if (Smtp.User.Length > 0 && Smtp.Host.Length == 0)
            yield return new("Email:Smtp:User is set but Email:Smtp:Host is not.", [nameof(Smtp)]);
        if (RecommendationTimeout < TimeSpan.FromMilliseconds(10))
            yield return new("Email:RecommendationTimeout must be at least 10 ms.", [nameof(RecommendationTimeout)]);
        if (WaitForRecipient < TimeSpan.Zero || GiveUpAfter <= TimeSpan.Zero)
            yield return new(
                "Email:WaitForRecipient and Email:GiveUpAfter must be positive.",
                [nameof(WaitForRecipient), nameof(GiveUpAfter)]
            );
    }
}

/// <summary>The mail server that takes our mails (a relay, or a service's SMTP door).</summary>
internal sealed class SmtpOptions
{
    /// <value>Default empty: mails are written as files.</value>
    public string Host { get; init; } = "";

    /// <value>Default 587.</value>
    public int Port { get; init; } = 587;

    /// <value>Default empty: no authentication.</value>
    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    /// <value>None, Auto, SslOnConnect, StartTls, StartTlsWhenAvailable (default).</value>
    public SecureSocketOptions Tls { get; init; } = SecureSocketOptions.StartTlsWhenAvailable;

    /// <value>How long the server may take for one step. Default 30 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
