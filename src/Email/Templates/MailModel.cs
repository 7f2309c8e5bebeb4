using System.Globalization;
using System.Text;
using DotLiquid;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;

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

    /// <summary>The names that templates use; listed in the service's README.</summary>
    public Hash ToLiquid()
    {
        var model = new Hash
        {
            ["shop"] = new Hash
            {
                ["name"] = Clean(Shop.Name),
                ["url"] = Shop.SiteUrl.AbsoluteUri,
                ["postal_address"] = Clean(Shop.PostalAddress),
            },
            ["customer"] = new Hash { ["first_name"] = Clean(FirstName) },
            ["recommendations"] = Recommendations.Select(ToLiquid).ToList(),
            ["unsubscribe_url"] = UnsubscribeUrl.AbsoluteUri,
        };
        if (Cart is not null)
            model["cart"] = ToLiquid(Cart);
        return model;
    }

    private Hash ToLiquid(CartContent cart) =>
        new()
        {
            ["lines"] = cart.Lines.Take(ShownLines).Select(line => ToLiquid(line, cart.Currency)).ToList(),
            ["others"] = cart.Lines.Count - 1,
            ["hidden"] = Math.Max(0, cart.Lines.Count - ShownLines),
            ["total"] = Money.Format(cart.Total, cart.Currency),
        };

    private Hash ToLiquid(CartLine line, string currency) =>
        new()
        {
            ["name"] = Clean(line.Name) ?? line.ProductId,
            ["quantity"] = line.Quantity,
            ["unit_price"] = Money.Format(line.UnitPrice, currency),
            ["total"] = Money.Format(line.UnitPrice * line.Quantity, currency),
            ["url"] = WebAddress(line.Url) ?? Shop.SiteUrl.AbsoluteUri,
            ["image_url"] = WebAddress(line.ImageUrl),
        };

    private Hash ToLiquid(RecommendedProduct product) =>
        new()
        {
            ["name"] = Clean(product.Name) ?? product.ProductId,
            ["price"] = product.Price is { } price ? Money.Format(price, product.Currency) : null,
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
