using MarketingPlatform.Email.Sending;

namespace MarketingPlatform.Email.Recipients;

/// <summary>Whether a person may get a mail now, and why not.</summary>
internal static class MailPermission
{
    public const string NoAddress = "no-address";
    public const string NoConsent = "no-consent";
    public const string Withdrawn = "consent-withdrawn";
    public const string Unsubscribed = "unsubscribed";

    /// <summary>A mail server said that nobody has the address.</summary>
    public const string Bounced = "bounced";

    /// <summary>Consents that a bulk import brings are no fresh word of the person: they do not lift a suppression.</summary>
    private const string Import = "import";

    /// <summary>A receipt asks for nobody's consent; where nobody has the address, it cannot arrive either.</summary>
    /// <param name="purpose">One of <see cref="MailPurpose"/>.</param>
    /// <returns>Null where mail is allowed, else the reason.</returns>
    public static string? WhyNot(Person? person, string purpose) =>
        purpose != MailPurpose.Transactional ? WhyNot(person)
        : person?.Address is null ? NoAddress
        : person.SuppressedFor == Bounced ? Bounced
        : null;

    /// <returns>Null where marketing mail is allowed, else the reason.</returns>
    public static string? WhyNot(Person? person) =>
        person switch
        {
            null or { Address: null } => NoAddress,
            { ConsentGranted: null } => NoConsent,
            { ConsentGranted: false } => Withdrawn,
            { SuppressedFor: { } reason } when !IsLifted(person) => reason,
            _ => null,
        };

    /// <returns>Whether events that are still on their way could turn the answer into a yes.</returns>
    public static bool MayBeUnknownYet(string reason) => reason is NoAddress or NoConsent;

    // Who unsubscribes and later agrees again, in person, is welcome again. Any other reason stays.
    private static bool IsLifted(Person person) =>
        person.SuppressedFor == Unsubscribed && person.ConsentAt > person.SuppressedAt && person.ConsentSource != Import;
}
