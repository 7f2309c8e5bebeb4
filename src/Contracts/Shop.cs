namespace MarketingPlatform.Contracts;

/// <summary>What is true of the one shop that a deployment serves; bound from the section <c>Shop</c>.</summary>
public sealed class Shop
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Shop";

    /// <value>Default "Your shop"; shown as the sender of mails and on public pages.</value>
    public string Name { get; init; } = "Your shop";

    /// <value>ISO 4217 code of amounts that arrive without one. Default EUR.</value>
    public string Currency { get; init; } = "EUR";

    /// <value>IANA zone that decides where a day begins. Default UTC.</value>
    public string TimeZone { get; init; } = "UTC";

    /// <value>Where customers' browsers reach the public door, without a trailing slash. Default http://127.0.0.1:8080.</value>
    public Uri PublicUrl { get; init; } = new("http://127.0.0.1:8080");

    /// <value>The shop's own web site, to which links in mails lead. Default https://shop.example.</value>
    public Uri SiteUrl { get; init; } = new("https://shop.example");

    /// <value>Postal address that commercial mail must show. Default empty: the line is then left out.</value>
    public string PostalAddress { get; init; } = "";
}
