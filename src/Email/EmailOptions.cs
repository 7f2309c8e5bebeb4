using System.ComponentModel.DataAnnotations;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Digest;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Limits;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Email.Sending.Transport;
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

    /// <value>The mail server. Default none: mails are written as files.</value>
    public SmtpOptions Smtp { get; init; } = new();

    /// <value>Several mail servers by name instead of the one of <see cref="Smtp"/>: mails are spread by their weights.</value>
    public Dictionary<string, SmtpOptions> Routes { get; init; } = [];

    /// <value>Keys that sign each mail. Default none.</value>
    public List<DkimOptions> Dkim { get; init; } = [];

    /// <value>Mailbox that gets bounces; each mail's envelope sender names the mail (VERP). Default empty: <see cref="FromAddress"/>.</value>
    public string ReturnPath { get; init; } = "";

    /// <value>How fast mails leave to a recipient's domain, by the domain ("gmail.com"). Default no limit.</value>
    public Dictionary<string, DomainPaceOptions> Domains { get; init; } = [];

    /// <value>How a new sender becomes known to providers. Default off.</value>
    public WarmUpOptions WarmUp { get; init; } = new();

    /// <value>When a send pauses by itself.</value>
    public BreakerOptions Breaker { get; init; } = new();

    /// <value>At most so many mails to a person. Default none.</value>
    public List<FrequencyCap> Caps { get; init; } = [];

    /// <value>When no marketing mail leaves, by the recipient's clock. Default none.</value>
    public QuietHoursOptions QuietHours { get; init; } = new();

    /// <value>Who gets nothing, so that the effect on the others can be measured.</value>
    public HoldOutOptions HoldOut { get; init; } = new();

    /// <value>The Monday letter to who owns the shop. Default off.</value>
    public DigestOptions Digest { get; init; } = new();

    /// <value>How long what happened is kept.</value>
    public KeepOptions Keep { get; init; } = new();

    /// <value>Whether steps of automations may call private addresses and plain http. Default false; for a system inside one's own network.</value>
    public bool AllowPrivateWebHooks { get; init; }

    /// <value>Folder for <c>*.eml</c> files while no SMTP host is set. Default .data/outbox.</value>
    [Required]
    public string OutboxDirectory { get; init; } = ".data/outbox";

    /// <value>Skip (default): a mail that may have left is listed and not sent again. Resend: once too often rather than never.</value>
    public AmbiguousPolicy AmbiguousPolicy { get; init; } = AmbiguousPolicy.Skip;

    /// <value>Mails sent at the same time, each over a connection of its own that stays open. Default 4; 1 to 64.</value>
    [Range(1, 64)]
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

    /// <value>
    /// How long somebody waits for the trial of an automation before the answer comes without it. Default 4 s, less than a page of the
    /// console waits.
    /// </value>
    public TimeSpan TrialTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <value>How long another service is waited for that knows the names of segments or events which a file mentions. Default 3 s.</value>
    public TimeSpan NamesTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <value>How often opens and clicks are labelled. Default 10 s.</value>
    public TimeSpan LabelInterval { get; init; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!MailboxAddress.TryParse(FromAddress, out var from) || !from.Address.Contains('@', StringComparison.Ordinal))
            yield return new("Email:FromAddress must be an e-mail address (news@your-shop.example).", [nameof(FromAddress)]);
        foreach (
            var problem in Smtp.Problems("Email:Smtp", mayBeEmpty: true)
                .Concat(Routes.SelectMany(route => route.Value.Problems($"Email:Routes:{route.Key}", mayBeEmpty: false)))
        )
            yield return new(problem, [nameof(Smtp)]);
        if (ReturnPath.Length > 0 && !MailboxAddress.TryParse(ReturnPath, out _))
            yield return new("Email:ReturnPath must be an e-mail address (bounces@your-shop.example).", [nameof(ReturnPath)]);
        if (Digest.To.Length > 0 && !MailFields.IsAddress(Digest.To))
            yield return new("Email:Digest:To must be an e-mail address (owner@your-shop.example).", [nameof(Digest)]);
        if (Keep.Events < TimeSpan.FromDays(1) || Keep.Stories < TimeSpan.FromDays(1))
            yield return new("Email:Keep:Events and Email:Keep:Stories must be at least a day.", [nameof(Keep)]);
        if (Dkim.Any(key => key.Domain.Length == 0 || key.Selector.Length == 0 || key.PrivateKeyFile.Length == 0))
            yield return new("Each Email:Dkim needs Domain, Selector and PrivateKeyFile.", [nameof(Dkim)]);
        if (Caps.Any(cap => cap.Max < 1 || cap.Window <= TimeSpan.Zero || !MailPurpose.All.Contains(cap.Purpose)))
            yield return new("Each Email:Caps needs Max, Window and as Purpose marketing or transactional.", [nameof(Caps)]);
        if (HoldOut.Automations is not (>= 0 and <= 0.5) || HoldOut.Programme is not (>= 0 and <= 0.5) || HoldOut.After < 0)
            yield return new(
                "Email:HoldOut:Automations and Email:HoldOut:Programme must be between 0 and 0.5, Email:HoldOut:After at least 0.",
                [nameof(HoldOut)]
            );
        if (TrialTimeout <= TimeSpan.Zero || NamesTimeout <= TimeSpan.Zero)
            yield return new("Email:TrialTimeout and Email:NamesTimeout must be positive.", [nameof(TrialTimeout), nameof(NamesTimeout)]);
        if (RecommendationTimeout < TimeSpan.FromMilliseconds(10))
            yield return new("Email:RecommendationTimeout must be at least 10 ms.", [nameof(RecommendationTimeout)]);
        if (WaitForRecipient < TimeSpan.Zero || GiveUpAfter <= TimeSpan.Zero)
            yield return new(
                "Email:WaitForRecipient and Email:GiveUpAfter must be positive.",
                [nameof(WaitForRecipient), nameof(GiveUpAfter)]
            );
    }
}
