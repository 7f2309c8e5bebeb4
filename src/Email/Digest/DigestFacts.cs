using MarketingPlatform.Email.HoldOuts;

namespace MarketingPlatform.Email.Digest;

/// <summary>What an automation's or a campaign's mails did in the week.</summary>
internal sealed record DigestMail(string Name, long Sent, long Clicked, long Unsubscribed, long Bounced, long Complained, long Failed)
{
    public double ClickRate => Sent == 0 ? 0 : (double)Clicked / Sent;
}

/// <param name="Week">Its Monday.</param>
/// <param name="Subscribers">Who agree to marketing mail now.</param>
/// <param name="Attributed">Orders of the week whose customers followed a link of a mail within a week before.</param>
/// <param name="Incremental">By hold-outs of the last four weeks; null where nobody was held out.</param>
/// <param name="Measured">Automations and campaigns that <paramref name="Incremental"/> is the sum of.</param>
/// <param name="Harmful">Of them, those that clearly cost money.</param>
/// <param name="Switched">Ready-made automations that are off.</param>
/// <param name="Undecided">Campaigns whose test waits for a person.</param>
/// <param name="PausedSends">That stopped by themselves or by a person.</param>
/// <param name="Unclear">Mails of which nobody knows whether they left.</param>
/// <param name="IsSigned">Whether mails are signed (DKIM).</param>
internal sealed record DigestFacts(
    DateOnly Week,
    string Shop,
    string Currency,
    long Subscribers,
    long Gained,
    long Lost,
    decimal Attributed,
    EffectInterval? Incremental,
    int Measured,
    IReadOnlyList<string> Harmful,
    IReadOnlyList<DigestMail> Mails,
    IReadOnlyList<string> Switched,
    IReadOnlyList<string> Undecided,
    long PausedSends,
    long Unclear,
    bool IsSigned
);
