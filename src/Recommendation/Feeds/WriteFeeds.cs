using System.Runtime.CompilerServices;
using System.Text;
using System.Xml;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Catalogue;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Feeds;

/// <summary>
/// <c>GET /api/v1/feeds/google.xml</c>, <c>/google.tsv</c> and <c>/meta.csv</c>: the catalogue as those who advertise products fetch it.
/// Products without price, address or picture, and inferred ones, are left out. Streams: a catalogue of any size.
/// </summary>
internal static class WriteFeeds
{
    private const string Google = "http://base.google.com/ns/1.0";
    private const int Page = 1_000;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Feeds + "/google.xml", Xml).RequireScope(Scope.Read).WithName("GoogleFeedXml");
        root.MapGet(
                Routes.Feeds + "/google.tsv",
                (HttpContext http, RecommendationDatabase database) => Table(http, database, '\t', "text/tab-separated-values")
            )
            .RequireScope(Scope.Read)
            .WithName("GoogleFeedTsv");
        root.MapGet(
                Routes.Feeds + "/meta.csv",
                (HttpContext http, RecommendationDatabase database) => Table(http, database, ',', "text/csv")
            )
            .RequireScope(Scope.Read)
            .WithName("MetaFeed");
    }

    private static async Task Xml(HttpContext http, RecommendationDatabase database, IOptions<Shop> shop)
    {
        http.Response.ContentType = "application/xml; charset=utf-8";
        var settings = new XmlWriterSettings { Async = true, Encoding = new UTF8Encoding(false) };
        await using var xml = XmlWriter.Create(http.Response.Body, settings);
        await xml.WriteStartDocumentAsync();
        await xml.WriteStartElementAsync(null, "rss", null);
        await xml.WriteAttributeStringAsync(null, "version", null, "2.0");
        await xml.WriteAttributeStringAsync("xmlns", "g", null, Google);
        await xml.WriteStartElementAsync(null, "channel", null);
        await xml.WriteElementStringAsync(null, "title", null, shop.Value.Name);
        await xml.WriteElementStringAsync(null, "link", null, shop.Value.SiteUrl.ToString());
        await xml.WriteElementStringAsync(null, "description", null, "Products of " + shop.Value.Name);
        await foreach (var item in ItemsAsync(database, http.RequestAborted))
        {
            await xml.WriteStartElementAsync(null, "item", null);
            for (var field = 0; field < FeedItem.Names.Count; field++)
            {
                foreach (var text in FeedItem.Texts(field, item[field]))
                {
                    await xml.WriteElementStringAsync("g", FeedItem.Names[field], Google, text);
                }
            }
            await xml.WriteEndElementAsync();
        }
        await xml.WriteEndDocumentAsync();
    }

    private static async Task Table(HttpContext http, RecommendationDatabase database, char separator, string type)
    {
        http.Response.ContentType = type + "; charset=utf-8";
        await using var text = new StreamWriter(http.Response.Body, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        await text.WriteLineAsync(string.Join(separator, FeedItem.Names));
        await foreach (var item in ItemsAsync(database, http.RequestAborted))
        {
            await text.WriteLineAsync(string.Join(separator, item.Select((value, field) => Cell(FeedItem.Cell(field, value), separator))));
        }
    }

    /// <summary>RFC 4180: quoted where it must be. Line breaks become spaces, which every reader understands.</summary>
    internal static string Cell(string value, char separator)
    {
        var line = value.ReplaceLineEndings(" ");
        return line.Contains(separator) || line.Contains('"') ? $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : line;
    }

    private static async IAsyncEnumerable<IReadOnlyList<string?>> ItemsAsync(
        RecommendationDatabase database,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var after = "";
        while (true)
        {
            var rows = await database.QueryAsync<ProductRow>(Sql, new { after, Page }, ct);
            foreach (var item in rows.Select(FeedItem.Of).OfType<IReadOnlyList<string?>>())
            {
                yield return item;
            }
            if (rows.Count < Page)
            {
                yield break;
            }
            after = rows[^1].ProductId;
        }
    }

    private const string Sql = $"""
        select {ProductRow.Columns} from products where product_id > @after and not removed order by product_id limit @Page
        """;
}
