using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Email.Tracking;

/// <summary>What a tracked address of a mail stands for.</summary>
internal enum TrackedKind : byte
{
    Open = 1,
    Click = 2,

    /// <summary>A link that nobody sees: who follows it reads mails by machine.</summary>
    Trap = 3,
}

/// <param name="Link">Place of the link in the mail, from 0.</param>
/// <param name="Links">How many links the mail has.</param>
internal readonly record struct TrackedTarget(Guid MailId, TrackedKind Kind, byte Link, byte Links);

/// <summary>
/// The tokens of tracked addresses: mail, kind and place of the link, with an HMAC-SHA256 over these and the target. So an address leads
/// only where we sent it, needs no table, and cannot be made for another mail. The MAC is cut to 128 bits, as RFC 2104 allows.
/// </summary>
internal static class TrackingTokens
{
    private const int BodyBytes = 19;
    private const int MacBytes = 16;

    public static string Create(TrackedTarget target, string url, byte[] key)
    {
        Span<byte> token = stackalloc byte[BodyBytes + MacBytes];
        target.MailId.TryWriteBytes(token, bigEndian: true, out _);
        token[16] = (byte)target.Kind;
        token[17] = target.Link;
        token[18] = target.Links;
        Mac(token[..BodyBytes], url, key, token[BodyBytes..]);
        return Base64Url.EncodeToString(token);
    }

    /// <returns>Null where the token is not ours, or was made for another address.</returns>
    public static TrackedTarget? Read(string token, string url, byte[] key)
    {
        Span<byte> bytes = stackalloc byte[BodyBytes + MacBytes];
        if (token.Length > 64 || !Base64Url.IsValid(token, out var length) || length != bytes.Length)
            return null;
        Base64Url.DecodeFromChars(token, bytes);
        Span<byte> expected = stackalloc byte[MacBytes];
        Mac(bytes[..BodyBytes], url, key, expected);
        return CryptographicOperations.FixedTimeEquals(expected, bytes[BodyBytes..])
            ? new(new Guid(bytes[..16], bigEndian: true), (TrackedKind)bytes[16], bytes[17], bytes[18])
            : null;
    }

    private static void Mac(ReadOnlySpan<byte> body, string url, byte[] key, Span<byte> into)
    {
        byte[] message = [.. body, .. Encoding.UTF8.GetBytes(url)];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, message, mac);
        mac[..MacBytes].CopyTo(into);
    }
}

/// <summary>Makes the links of one rendered mail tell of clicks, and adds the picture that tells of an open and the trap.</summary>
/// <param name="PublicUrl">Where the public door is.</param>
/// <param name="SiteUrl">The shop's site: its pages get UTM tags, nobody else's do.</param>
/// <param name="Campaign">The <c>utm_campaign</c>.</param>
internal sealed record TrackedLinks(Guid MailId, byte[] Key, Uri PublicUrl, Uri SiteUrl, string Campaign, string Source = "email")
{
    private const string Href = "href=\"";
    private const int MaxLinks = byte.MaxValue;

    private readonly string door = PublicUrl.AbsoluteUri.TrimEnd('/');

    // The same for every mail of a campaign.
    private readonly string tags =
        $"utm_source={Uri.EscapeDataString(Source)}&utm_medium=email&utm_campaign={Uri.EscapeDataString(Campaign)}";

    public string Rewrite(string html)
    {
        var links = Find(html);
        var result = new StringBuilder(html.Length + links.Count * 200 + 600);
        var at = 0;
        for (var i = 0; i < links.Count; i++)
        {
            var (start, end, url) = links[i];
            result.Append(html, at, start - at).Append(Address(Routes.MailLink, TrackedKind.Click, i, links.Count, WithUtm(url)));
            at = end;
        }
        var close = html.LastIndexOf("</body>", StringComparison.OrdinalIgnoreCase);
        close = close < at ? html.Length : close;
        result.Append(html, at, close - at);
        if (links.Count > 0)
            result
                .Append("<div style=\"display:none;max-height:0;overflow:hidden;\" aria-hidden=\"true\"><a href=\"")
                .Append(Address(Routes.MailLink, TrackedKind.Trap, 0, links.Count, SiteUrl.AbsoluteUri))
                .Append("\" tabindex=\"-1\"></a></div>");
        result
            .Append("<img src=\"")
            .Append(Address(Routes.MailPixel, TrackedKind.Open, 0, links.Count, ""))
            .Append("\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0;\">");
        return result.Append(html, close, html.Length - close).ToString();
    }

    internal string WithUtm(Uri url)
    {
        if (url.Host != SiteUrl.Host || url.Query.Contains("utm_", StringComparison.OrdinalIgnoreCase))
            return url.AbsoluteUri;
        var page = url.AbsoluteUri[..^url.Fragment.Length];
        return $"{page}{(url.Query.Length == 0 ? "?" : url.Query.Length == 1 ? "" : "&")}{tags}{url.Fragment}";
    }

    // Nothing in it needs escaping in HTML: the target is percent-encoded, and there is one parameter.
    private string Address(string route, TrackedKind kind, int link, int links, string url)
    {
        var token = TrackingTokens.Create(new(MailId, kind, (byte)link, (byte)links), url, Key);
        return url.Length > 0 ? $"{door}{route}/{token}?u={Uri.EscapeDataString(url)}" : $"{door}{route}/{token}";
    }

    // Our own addresses (the way out), and what is no web page, stay as they are.
    private List<(int Start, int End, Uri Url)> Find(string html)
    {
        var links = new List<(int, int, Uri)>();
        var own = door + "/email/";
        for (
            var at = html.IndexOf(Href, StringComparison.Ordinal);
            at >= 0 && links.Count < MaxLinks;
            at = html.IndexOf(Href, at, StringComparison.Ordinal)
        )
        {
            var start = at + Href.Length;
            var end = html.IndexOf('"', start);
            if (end < 0)
                break;
            var url = WebUtility.HtmlDecode(html[start..end]);
            if (
                Uri.TryCreate(url, UriKind.Absolute, out var uri)
                && uri.Scheme is "https" or "http"
                && !url.StartsWith(own, StringComparison.Ordinal)
                && IsAnchor(html, at)
            )
                links.Add((start, end, uri));
            at = end;
        }
        return links;
    }

    private static bool IsAnchor(string html, int at)
    {
        var open = html.LastIndexOf('<', at);
        return open >= 0 && open + 2 < html.Length && html[open + 1] is 'a' or 'A' && char.IsWhiteSpace(html[open + 2]);
    }
}
