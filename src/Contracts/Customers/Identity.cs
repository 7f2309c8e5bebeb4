namespace MarketingPlatform.Contracts.Customers;

/// <summary>Who a customer is, whole: the reader keeps the snapshot with the highest version, in whatever order they come.</summary>
/// <param name="CustomerId">UUID v7 made by Customers at the first event of this person, anonymous or not.</param>
/// <param name="Version">Grows by one with each change of this customer.</param>
/// <param name="Email">Lower-cased address; null while unknown.</param>
/// <param name="Age">In whole years at <paramref name="At"/>, where a birth date or an age is known.</param>
/// <param name="Gender">As the shop gave it, lower-cased (female, male, …).</param>
/// <param name="Country">As the shop gave it, preferably ISO 3166-1 alpha-2.</param>
/// <param name="Language">BCP 47 tag.</param>
/// <param name="TimeZone">IANA name; not checked.</param>
/// <param name="FirstSeenAt">Time of the earliest event.</param>
/// <param name="At">When the change happened, by the clock of the event that made it.</param>
/// <param name="BirthDate">Where the shop gave one.</param>
public sealed record CustomerProfileChanged(
    Guid CustomerId,
    long Version,
    string? UserId,
    string? Email,
    string? FirstName,
    string? LastName,
    int? Age,
    string? Gender,
    string? Country,
    string? City,
    string? Language,
    string? TimeZone,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset At,
    DateOnly? BirthDate = null
);

/// <summary>A customer allowed or forbade a purpose. The reader keeps the latest by <paramref name="At"/> for each customer and purpose.</summary>
/// <param name="Purpose">One of <see cref="ConsentPurposes"/>.</param>
/// <param name="Source">Where it was said (form, import, one-click unsubscribe, …).</param>
public sealed record ConsentChanged(Guid CustomerId, string Purpose, bool Granted, string Source, DateTimeOffset At);

/// <summary>
/// A customer allowed a purpose for which the shop wants a confirmation by the owner of the address: send a mail with the link. The
/// permission counts once the button on the page behind it was pressed (<see cref="ConsentChanged"/> tells).
/// </summary>
/// <param name="ConfirmUrl">Of the page; good for nobody else, so it belongs into this mail and nowhere else.</param>
/// <param name="ExpiresAt">After this the link does nothing, and the customer is asked again at the next occasion.</param>
public sealed record ConsentConfirmationRequested(
    Guid CustomerId,
    string Purpose,
    string Email,
    string ConfirmUrl,
    DateTimeOffset ExpiresAt,
    DateTimeOffset At
);

/// <summary>What a customer can be asked for.</summary>
public static class ConsentPurposes
{
    public const string EmailMarketing = "email_marketing";
    public const string Profiling = "profiling";
    public const string AdsAudience = "ads_audience";
    public const string Chat = "chat";

    public static readonly IReadOnlySet<string> All = new HashSet<string> { EmailMarketing, Profiling, AdsAudience, Chat };
}

/// <summary>Two customers proved to be one person: every service folds its rows of <paramref name="From"/> into <paramref name="Into"/>.</summary>
public sealed record CustomersMerged(Guid From, Guid Into, DateTimeOffset At);

/// <summary>A merge was undone: rows that came from <paramref name="From"/> are its own again.</summary>
public sealed record CustomersUnmerged(Guid From, Guid Into, DateTimeOffset At);

/// <summary>A person asked to be forgotten: every service deletes its rows and answers with an <see cref="ErasureReceipt"/>.</summary>
/// <param name="RequestId">What the receipt names; null where nobody waits for one.</param>
/// <param name="Ids">Every id that is this person, whichever merges a reader has heard of; null: <paramref name="CustomerId"/> alone.</param>
public sealed record CustomerErased(Guid CustomerId, DateTimeOffset At, Guid? RequestId = null, IReadOnlyList<Guid>? Ids = null);
