using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using Microsoft.AspNetCore.WebUtilities;

namespace MarketingPlatform.Customers.Collect;

/// <summary>What a page view says of the advert that led to it: click ids and UTM parameters of its address, and Segment's
/// <c>context.campaign</c>.</summary>
internal static class AdClicks
{
    private const int LongestName = 200;
    private const int LongestId = 500;
    private const int LongestAgent = 300;

    /// <summary>As ad platforms append them to the address that an advert leads to.</summary>
    private static readonly string[] ClickIds = ["gclid", "gbraid", "wbraid", "msclkid", "fbclid", "ttclid", "twclid", "li_fat_id"];

    /// <returns>Null where the page says nothing of an advert.</returns>
    public static AdClick? Of(Call call)
    {
        if (call.Kind != "page")
            return null;
        var page = Child(call.Context, "page");
        var query = QueryHelpers.ParseQuery(
            QueryOf(Text(page, "search") ?? Text(page, "url") ?? Text(call.Data, "search") ?? Text(call.Data, "url"))
        );
        var campaign = Child(call.Context, "campaign");
        var kind = Array.Find(ClickIds, id => query.TryGetValue(id, out var value) && Cut(value, LongestId) is not null);
        var click = new AdClick(
            kind,
            kind is null ? null : Cut(query[kind], LongestId),
            Utm("source", "source"),
            Utm("medium", "medium"),
            Utm("name", "campaign"),
            Utm("content", "content"),
            Utm("term", "term"),
            Cut(Text(call.Context, "userAgent"), LongestAgent)
        );
        return click is { ClickId: null, Source: null, Medium: null, Campaign: null } ? null : click;

        string? Utm(string member, string parameter) =>
            Cut(Text(campaign, member), LongestName)
            ?? (query.TryGetValue("utm_" + parameter, out var value) ? Cut(value, LongestName) : null);
    }

    private static string QueryOf(string? address) =>
        address is null ? ""
        : address.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? address[at..].Split('#')[0]
        : "";

    private static string? Cut(string? text, int longest)
    {
        var clean = new string([.. (text ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]).Trim();
        return clean.Length == 0 ? null
            : clean.Length <= longest ? clean
            : clean[..longest];
    }

    private static JsonElement? Child(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var child) ? child : null;

    private static string? Text(JsonElement? json, string name) =>
        Child(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
