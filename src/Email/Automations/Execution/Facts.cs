using System.Text.Json;

namespace MarketingPlatform.Email.Automations.Execution;

/// <summary>Names of the events that the platform itself tells automations; any other name is one of the shop's own.</summary>
internal static class EventNames
{
    /// <summary>Marketing mail is allowed and the address is known, freshly.</summary>
    public const string Subscribed = "subscribed";
    public const string CartAbandoned = "cart-abandoned";
    public const string Order = "order";
    public const string SegmentEntered = "segment-entered";
    public const string SegmentLeft = "segment-left";
    public const string ConsentChanged = "consent";
    public const string ProfileChanged = "profile";
    public const string Unsubscribed = "unsubscribed";
    public const string MailOpened = "mail-opened";
    public const string MailClicked = "mail-clicked";
    public const string PriceDropped = "price-dropped";
    public const string BackInStock = "back-in-stock";

    /// <summary>A date of a trait has come; the trait's name follows.</summary>
    public const string Date = "date:";

    /// <summary>Somebody called the API or a web hook; the automation's name follows.</summary>
    public const string Api = "api:";

    public const string ProductViewed = "Product Viewed";

    /// <summary>What only the platform says; more than these begin with <see cref="Date"/> or <see cref="Api"/>.</summary>
    public static readonly IReadOnlySet<string> OfThePlatform = new HashSet<string>
    {
        Subscribed,
        CartAbandoned,
        Order,
        SegmentEntered,
        SegmentLeft,
        ConsentChanged,
        ProfileChanged,
        Unsubscribed,
        MailOpened,
        MailClicked,
        PriceDropped,
        BackInStock,
    };

    /// <summary>
    /// Whether the name stands for something that the platform itself found out. The key that sends events is public, in the shop's pages:
    /// under such a name anybody could forge orders, let people into automations and put links of their own into their mails.
    /// </summary>
    public static bool IsOfThePlatform(string name) =>
        OfThePlatform.Contains(name) || name.StartsWith(Date, StringComparison.Ordinal) || name.StartsWith(Api, StringComparison.Ordinal);
}

/// <summary>Something that happened to a customer.</summary>
/// <param name="Id">The same event never has two.</param>
/// <param name="Data">An object.</param>
internal sealed record AutomationEvent(
    Guid Id,
    Guid CustomerId,
    string Name,
    DateTimeOffset At,
    JsonElement Data,
    string? TraceParent = null
);

/// <summary>What a customer did before.</summary>
internal readonly record struct PastEvent(string Name, DateTimeOffset At);

/// <summary>What is known of a customer at a moment: all that conditions can ask.</summary>
/// <param name="Consent">The newest word on marketing mail; null where none was said.</param>
/// <param name="Zone">The customer's, else the shop's.</param>
/// <param name="ReorderGaps">How long after an order customers usually buy a product again, by product.</param>
internal sealed record Facts(
    IReadOnlyDictionary<string, JsonElement> Traits,
    IReadOnlySet<string> Segments,
    bool? Consent,
    TimeZoneInfo Zone,
    IReadOnlyList<PastEvent> Past,
    IReadOnlyDictionary<string, TimeSpan> ReorderGaps
)
{
    public static readonly Facts Nothing = new(
        new Dictionary<string, JsonElement>(),
        new HashSet<string>(),
        null,
        TimeZoneInfo.Utc,
        [],
        new Dictionary<string, TimeSpan>()
    );

    public int Count(string name, DateTimeOffset after, DateTimeOffset until) =>
        Past.Count(past => past.Name == name && past.At > after && past.At <= until);
}
