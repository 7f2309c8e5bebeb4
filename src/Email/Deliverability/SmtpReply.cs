using System.Globalization;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Email.Deliverability;

/// <summary>What a refusal is about.</summary>
internal enum RefusalCause
{
    /// <summary>Later it may be taken (4yz).</summary>
    Passing,

    /// <summary>Nobody has this address: no mail should go there again.</summary>
    Address,

    /// <summary>The address is fine, its mailbox is full or the mail too large for it.</summary>
    Mailbox,

    /// <summary>What the mail says or links to.</summary>
    Content,

    /// <summary>Who we are: authentication, block lists, rate, reputation.</summary>
    Policy,

    /// <summary>For good, and the server does not say enough to tell why.</summary>
    Unknown,
}

/// <summary>
/// A mail server's answer, read by its enhanced status code (RFC 3463, the registry of RFC 5248) and only where that is missing or
/// says nothing (x.0.0) by the words that large providers use. In doubt it does not blame the address: an address that is suppressed by
/// mistake is lost for ever, one that is tried once more costs one mail.
/// </summary>
/// <param name="Code">Three digits of RFC 5321.</param>
/// <param name="Enhanced">"5.1.1", or null where the server gave none.</param>
internal sealed partial record SmtpReply(int Code, string? Enhanced, string Text)
{
    /// <param name="text">The server's words after the code, which may begin with an enhanced status code.</param>
    public static SmtpReply Read(int code, string text)
    {
        var found = EnhancedCode().Match(text);
        return new(code, found.Success ? found.Groups[1].Value : null, text.Trim());
    }

    public RefusalCause Cause =>
        Code is >= 400 and < 500 ? RefusalCause.Passing
        : Enhanced is { } enhanced && ByEnhancedCode(enhanced) is { } cause ? cause
        : ByWords();

    /// <summary>The answer as evidence: without the address, which may have to be forgotten.</summary>
    public string Evidence(string address) =>
        string.Create(CultureInfo.InvariantCulture, $"{Code} {Text.Replace(address, "<recipient>", StringComparison.OrdinalIgnoreCase)}");

    private static RefusalCause? ByEnhancedCode(string enhanced)
    {
        var parts = enhanced.Split('.');
        return (parts[1], parts[2]) switch
        {
            // Bad mailbox, bad domain, bad syntax, moved away, null MX (RFC 7505).
            ("1", "1" or "2" or "3" or "6" or "10") => RefusalCause.Address,
            // Our own address or domain is refused.
            ("1", "7" or "8") => RefusalCause.Policy,
            // Disabled, discontinued.
            ("2", "1") => RefusalCause.Address,
            ("2", _) => RefusalCause.Mailbox,
            ("3", "4") => RefusalCause.Mailbox,
            ("6", not "0") => RefusalCause.Content,
            ("7", not "0") => RefusalCause.Policy,
            _ => null,
        };
    }

    // Policy first: "550 recipient rejected: you are on a block list" is not about the recipient.
    private RefusalCause ByWords() =>
        PolicyWords().IsMatch(Text) ? RefusalCause.Policy
        : ContentWords().IsMatch(Text) ? RefusalCause.Content
        : Code is 550 or 551 or 553 or 554 && AddressWords().IsMatch(Text) ? RefusalCause.Address
        : Code == 552 || FullWords().IsMatch(Text) ? RefusalCause.Mailbox
        : RefusalCause.Unknown;

    [GeneratedRegex(@"^\s*([245]\.\d{1,3}\.\d{1,3})(?=\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedCode();

    [GeneratedRegex(
        @"block(ed|list)|black ?list|spamhaus|barracuda|reputation|policy|spf|dkim|dmarc|authenticat|not authori[sz]ed|relay|rate limit|too many|unsolicited|\brbl\b|listed (at|in|on|by)|access denied",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex PolicyWords();

    [GeneratedRegex(
        @"spam|virus|malware|phish|content|attachment|message (was )?(rejected|refused)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex ContentWords();

    [GeneratedRegex(
        @"(user|recipient|mailbox|address|account)\b.{0,60}\b(unknown|not found|not exist|doesn'?t exist|does not exist|invalid|unavailable|disabled|no longer)|(unknown|no such|invalid|bad) (user|recipient|mailbox|address|account|person)|no mailbox|undeliverable address",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex AddressWords();

    [GeneratedRegex(@"quota|mailbox (is )?full|over ?quota|too large|size limit", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FullWords();
}
