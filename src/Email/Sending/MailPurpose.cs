namespace MarketingPlatform.Email.Sending;

/// <summary>What a mail is for: marketing needs consent and has a way out; a receipt needs neither.</summary>
internal static class MailPurpose
{
    public const string Marketing = "marketing";
    public const string Transactional = "transactional";

    public static readonly IReadOnlyList<string> All = [Marketing, Transactional];
}
