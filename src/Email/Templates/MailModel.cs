using System.Globalization;
using System.Text;
using System.Text.Json;
using DotLiquid;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Tracking;

namespace MarketingPlatform.Email.Templates;

/// <summary>What a mail can speak about.</summary>
/// <param name="Cart">Null for mails that are not about a cart.</param>
/// <param name="Recommendations">Empty when none could be had: the template then shows its own block.</param>
internal sealed record MailModel(
    Shop Shop,
    string? FirstName,
    CartContent? Cart,
    IReadOnlyList<RecommendedProduct> Recommendations,
    Uri UnsubscribeUrl
)
{
    private const int ShownLines = 30;

    /// <summary>BCP 47 tag of the recipient's language; chooses the words and how amounts are written.</summary>
    public string? Language { get; init; }

    public string? LastName { get; init; }

    /// <summary>Keys of the segments that the recipient belongs to, for parts that only some see.</summary>
    public IReadOnlyList<string> Segments { get; init; } = [];

    /// <summary>A code of the recipient's own; null where the template has no pool or the pool is empty: it then shows its fall-back.</summary>
    public string? CouponCode { get; init; }

    /// <summary>What the sender gave for this mail, as <c>data</c>; an object.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>How links are made to tell of clicks; null leaves them as they are.</summary>
    public TrackedLinks? Links { get; init; }

    /// <summary>The names that templates use; listed in the service's README.</summary>
    /// <param name="locale">The locale of the words that are used.</param>
    /// <param name="defaults">Values by path for what is missing.</param>
    public Hash ToLiquid(string locale = "en", IReadOnlyDictionary<string, string>? defaults = null)
    {
        var model = new Hash
        {
            ["shop"] = new Hash
            {
                ["name"] = Clean(Shop.Name),
                ["url"] = Shop.SiteUrl.AbsoluteUri,
                ["postal_address"] = Clean(Shop.PostalAddress),
            },
            ["customer"] = new Hash
            {
                ["first_name"] = Clean(FirstName),
                ["last_name"] = Clean(LastName),
                ["segments"] = Segments.Select(object? (segment) => Clean(segment)).ToList(),
            },
            ["recommendations"] = Recommendations.Select(product => ToLiquid(product, locale)).ToList(),
            ["coupon"] = new Hash { ["code"] = Clean(CouponCode) },
            ["data"] = Data is { ValueKind: JsonValueKind.Object } data ? ModelData.Read(data) : new Hash(),
            ["unsubscribe_url"] = UnsubscribeUrl.AbsoluteUri,
            ["locale"] = locale,
        };
        if (Cart is not null)
            model["cart"] = ToLiquid(Cart, locale);
        foreach (var (path, value) in defaults ?? NoDefaults)
            ModelData.SetMissing(model, path, value);
        return model;
    }

    private static readonly Dictionary<string, string> NoDefaults = [];

    private Hash ToLiquid(CartContent cart, string locale) =>
        new()
        {
            ["lines"] = cart.Lines.Take(ShownLines).Select(line => ToLiquid(line, cart.Currency, locale)).ToList(),
            ["others"] = cart.Lines.Count - 1,
            ["hidden"] = Math.Max(0, cart.Lines.Count - ShownLines),
            ["total"] = Money.Format(cart.Total, cart.Currency, locale),
            ["url"] = Shop.SiteUrl.AbsoluteUri,
        };

    private Hash ToLiquid(CartLine line, string currency, string locale) =>
        new()
        {
            ["name"] = Clean(line.Name) ?? line.ProductId,
            ["quantity"] = line.Quantity,
            ["unit_price"] = Money.Format(line.UnitPrice, currency, locale),
            ["total"] = Money.Format(line.UnitPrice * line.Quantity, currency, locale),
            ["url"] = WebAddress(line.Url) ?? Shop.SiteUrl.AbsoluteUri,
            ["image_url"] = WebAddress(line.ImageUrl),
        };

    private Hash ToLiquid(RecommendedProduct product, string locale) =>
        new()
        {
            ["name"] = Clean(product.Name) ?? product.ProductId,
            ["price"] = product.Price is { } price ? Money.Format(price, product.Currency, locale) : null,
            ["url"] = WebAddress(product.Url) ?? Shop.SiteUrl.AbsoluteUri,
            ["image_url"] = WebAddress(product.ImageUrl),
            ["reason"] = Clean(product.Reason),
        };

    // Relative addresses belong to the shop's site; anything that is not a web page (javascript:, data:) is dropped.
    private string? WebAddress(string? url) =>
        !string.IsNullOrWhiteSpace(url) && Uri.TryCreate(Shop.SiteUrl, url.Trim(), out var uri) && uri.Scheme is "https" or "http"
            ? uri.AbsoluteUri
            : null;

    /// <summary>
    /// One line of text, or null for nothing: no control character (a name must not start a new line or header) and no
    /// direction override (it would turn the rest of the sentence round).
    /// </summary>
    internal static string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                clean.Append(' ');
            else if (rune.Value is not ((>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)))
                clean.Append(rune);
        }
        return clean.ToString().Trim() is { Length: > 0 } result ? result : null;
    }
}

/// <summary>A cart as a mail shows it.</summary>
internal sealed record CartContent(IReadOnlyList<CartLine> Lines, decimal Total, string Currency);
