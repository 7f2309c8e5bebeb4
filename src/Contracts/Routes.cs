namespace MarketingPlatform.Contracts;

/// <summary>The path prefixes of each service: unique over all of them, so that Standalone and the Gateway offer the same paths.</summary>
public static class Routes
{
    public const string Collect = "/v1";
    public const string Tracker = "/mp.js";
    public const string Customers = "/api/v1/customers";
    public const string Privacy = "/api/v1/privacy";
    public const string Imports = "/api/v1/imports";
    public const string Rejections = "/api/v1/rejections";
    public const string Changes = "/api/v1/changes";
    public const string ConsentSettings = "/api/v1/settings/consents";

    /// <summary>Pages for customers: confirming a consent, changing preferences.</summary>
    public const string Consent = "/consent";
    public const string CartSettings = "/api/v1/settings/carts";

    public const string Segments = "/api/v1/segments";
    public const string Predictions = "/api/v1/predictions";

    public const string Recommendations = "/api/v1/recommendations";
    public const string Products = "/api/v1/products";

    /// <summary>Product feeds of other systems in, and for other systems out.</summary>
    public const string Feeds = "/api/v1/feeds";

    public const string Messages = "/api/v1/messages";
    public const string Sends = "/api/v1/sends";
    public const string EmailDecisions = "/api/v1/email/decisions";
    public const string Automations = "/api/v1/automations";
    public const string Journeys = "/api/v1/journeys";
    public const string Campaigns = "/api/v1/campaigns";
    public const string Unsubscribe = "/email/unsubscribe";
    public const string Templates = "/api/v1/templates";
    public const string Coupons = "/api/v1/coupons";
    public const string Words = "/api/v1/words";

    /// <summary>Links of mails, and the picture that tells of an opened one: signed, for anybody.</summary>
    public const string MailLink = "/email/l";

    /// <inheritdoc cref="MailLink"/>
    public const string MailPixel = "/email/o";

    public const string Ads = "/api/v1/ads";
    public const string Chat = "/api/v1/chat";

    /// <summary>The chat on a shop's pages: its script, and what that script calls for any visitor.</summary>
    public const string ChatScript = "/chat.js";

    /// <inheritdoc cref="ChatScript"/>
    public const string ChatDoor = "/chat";

    public const string Token = "/api/v1/token";
    public const string Keys = "/api/v1/keys";
    public const string TokenKeys = "/.well-known/jwks.json";

    /// <summary>The console: its front page, its other pages, and what the framework of its pages asks for.</summary>
    public const string FrontPage = "/";
    public const string Console = "/console";
    public const string LivePages = "/_blazor";
    public const string PageFramework = "/_framework";

    /// <summary>Operations of one service (parked messages and the like): this prefix, then the service's name.</summary>
    public const string Operations = "/api/v1/operations";

    /// <summary>Each service with the prefixes that lead to it; the longest matching prefix wins.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> ByService = new Dictionary<string, IReadOnlyList<string>>
    {
        ["customers"] =
        [
            Collect,
            Tracker,
            Customers,
            Privacy,
            Changes,
            Imports,
            Rejections,
            CartSettings,
            ConsentSettings,
            Consent,
            Operations + "/customers",
        ],
        ["segmentation"] = [Segments, Predictions, Operations + "/segmentation"],
        ["recommendation"] = [Recommendations, Products, Feeds, Operations + "/recommendation"],
        ["email"] =
        [
            Messages,
            Sends,
            EmailDecisions,
            Automations,
            Journeys,
            Campaigns,
            Templates,
            Coupons,
            Words,
            Unsubscribe,
            MailLink,
            MailPixel,
            Operations + "/email",
        ],
        ["ads"] = [Ads, Operations + "/ads"],
        ["chatbot"] = [Chat, ChatScript, ChatDoor, Operations + "/chatbot"],
        ["console"] = [FrontPage, Console, LivePages, PageFramework, Operations + "/console"],
        ["gateway"] = [Token, Keys, TokenKeys, Operations + "/gateway"],
    };
}
