using System.Net;
using System.Net.Sockets;
using System.Xml;
using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>
/// Reads the pages of a sitemap as articles. Only pages of the sitemap's own host, over http or https, at most <see cref="MaxPages"/>; addresses
/// of private networks are not connected to unless the options allow it, also where a public name leads to them.
/// </summary>
internal sealed class Sitemap(HttpClient http)
{
    public const string Client = "chatbot-sitemap";
    public const int MaxPages = 500;
    private const int MaxBytes = 2_000_000;
    private const int LeastText = 40;

    /// <exception cref="InvalidDataException">Says what cannot be read.</exception>
    public async Task<IReadOnlyList<Article>> ReadAsync(Uri sitemap, string language, CancellationToken ct)
    {
        var addresses = Locations(await LoadAsync(sitemap, ct), sitemap);
        var articles = new List<Article>();
        foreach (var address in addresses.Where(a => a.Host == sitemap.Host && a.Scheme == sitemap.Scheme).Distinct().Take(MaxPages))
            if (Page(await LoadAsync(address, ct), address, language) is { } article)
                articles.Add(article);
        return articles.Count > 0
            ? articles
            : throw new InvalidDataException($"{sitemap} names no page of {sitemap.Host} with a title and some text.");
    }

    internal static Article? Page(string html, Uri address, string language)
    {
        var page = new HtmlParser().ParseDocument(html);
        foreach (var noise in page.QuerySelectorAll("script,style,noscript,nav,header,footer,form,aside,template").ToArray())
            noise.Remove();
        var title = (page.QuerySelector("h1")?.TextContent ?? page.Title ?? "").Trim();
        page.QuerySelector("h1")?.Remove();
        var content = page.QuerySelector("main") ?? page.QuerySelector("article") ?? (IElement?)page.Body;
        var parts = content
            ?.QuerySelectorAll("h2,h3,p,li,td,dd,dt")
            .Where(e => e.QuerySelector("p,li") is null)
            .Select(Part)
            .Where(p => p.Length > 0);
        var body = string.Join("\n\n", parts ?? []);
        if (title.Length == 0 || body.Length < LeastText)
            return null;
        var path = address.AbsolutePath.Trim('/');
        return new Article(
            path.Length == 0 ? ArticleFiles.Slug(title) : ArticleFiles.Slug(path),
            title,
            body.Length > ArticleFiles.MaxBody ? body[..ArticleFiles.MaxBody] : body,
            address.ToString(),
            page.DocumentElement.GetAttribute("lang") is { Length: >= 2 } lang ? lang[..2].ToLowerInvariant() : language,
            [],
            null
        );
    }

    private static string Part(IElement element)
    {
        var text = string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length > 0 && element.LocalName is "h2" or "h3" ? "## " + text : text;
    }

    private static List<Uri> Locations(string xml, Uri sitemap)
    {
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(xml),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }
            );
            return
            [
                .. XDocument
                    .Load(reader)
                    .Descendants()
                    .Where(e => e.Name.LocalName == "loc" && e.Parent?.Name.LocalName == "url")
                    .Select(e => Uri.TryCreate(e.Value.Trim(), UriKind.Absolute, out var uri) ? uri : null)
                    .OfType<Uri>(),
            ];
        }
        catch (XmlException e)
        {
            throw new InvalidDataException($"{sitemap} is no sitemap: {e.Message}", e);
        }
    }

    private async Task<string> LoadAsync(Uri address, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidDataException($"{address} answered {(int)answer.StatusCode}.");
            await using var stream = await answer.Content.ReadAsStreamAsync(ct);
            using var content = new MemoryStream();
            var buffer = new byte[16_384];
            int read;
            while ((read = await stream.ReadAsync(buffer, ct)) > 0)
            {
                content.Write(buffer, 0, read);
                if (content.Length > MaxBytes)
                    throw new InvalidDataException($"{address} has more than {MaxBytes} bytes.");
            }
            return System.Text.Encoding.UTF8.GetString(content.ToArray());
        }
        catch (HttpRequestException e)
        {
            throw new InvalidDataException($"{address} cannot be read: {e.Message}", e);
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new InvalidDataException($"{address} took too long.", e);
        }
    }

    /// <summary>A handler that looks at the address it really connects to, and follows no redirects.</summary>
    internal static SocketsHttpHandler Handler(bool privateToo) =>
        new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = async (context, ct) =>
            {
                var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, ct);
                var open = addresses.FirstOrDefault(a => privateToo || IsPublic(a));
                if (open is null)
                    throw new HttpRequestException(
                        $"{context.DnsEndPoint.Host} is an address of a private network; set Chatbot:PrivateSitemaps where that is wanted."
                    );
                var socket = new Socket(open.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(open, context.DnsEndPoint.Port, ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };

    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address))
            return false;
        var b = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? b[0] is not (0 or 10 or 127 or >= 224)
                && !(b[0] == 172 && b[1] is >= 16 and <= 31)
                && !(b[0] == 192 && b[1] == 168)
                && !(b[0] == 169 && b[1] == 254)
                && !(b[0] == 100 && b[1] is >= 64 and <= 127)
            : !address.IsIPv6LinkLocal
                && !address.IsIPv6SiteLocal
                && !address.IsIPv6UniqueLocal
                && !address.IsIPv6Multicast
                && !address.Equals(IPAddress.IPv6Any);
    }
}
