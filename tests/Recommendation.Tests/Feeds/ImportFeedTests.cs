using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Xml.Linq;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Feeds;
using Microsoft.AspNetCore.Mvc;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Feeds;

public sealed class ImportFeedTests(RunningService service) : IClassFixture<RunningService>
{
    private static readonly XNamespace Google = "http://base.google.com/ns/1.0";

    private const string Rss = """
        <?xml version="1.0"?>
        <rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Tea</title>
        <item><g:id>rss-1</g:id><title>Tea &amp; honey <![CDATA[<3]]></title><link>https://shop.example/1</link>
          <g:image_link>https://shop.example/1.jpg</g:image_link><g:price>9.90 EUR</g:price><g:availability>in_stock</g:availability>
          <g:additional_image_link>https://shop.example/1a.jpg</g:additional_image_link>
          <g:additional_image_link>https://shop.example/1b.jpg</g:additional_image_link>
          <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
          <g:product_type>Food &gt; Tea</g:product_type></item>
        <item><g:id>rss-2</g:id><g:title>茶 🍵</g:title><g:price>-3 EUR</g:price></item>
        <item><g:id>rss-3</g:id><g:title>Cup</g:title><g:price>cheap</g:price></item>
        </channel></rss>
        """;

    [Fact]
    public async Task Google_merchant_xml_is_stored_and_what_cannot_be_a_product_is_told_with_its_place()
    {
        var result = await ImportAsync(Rss);

        Assert.Equal((1, 2), (result.Accepted, result.Rejected));
        Assert.Equal([(2, "rss-2"), (3, "rss-3")], result.Rejections.Select(r => (r.Index, r.ProductId)));
        var tea = await GetAsync("rss-1");
        Assert.Equal(("Tea & honey <3", 9.90m, "Tea"), (tea.Name, tea.Price, tea.Category));
        Assert.Equal(["https://shop.example/1a.jpg", "https://shop.example/1b.jpg"], tea.Images);
    }

    [Fact]
    public async Task A_table_with_tabs_or_commas_is_stored()
    {
        await ImportAsync("id\ttitle\tprice\tavailability\ntab-1\tLamp\t20.00 EUR\tout of stock\n");
        await ImportAsync("sku,name,price,categories,stock\ncsv/1 ü,\"Lamp, red\",20.5,Home > Light,4\n");

        Assert.False((await GetAsync("tab-1")).InStock);
        var lamp = await GetAsync("csv/1 ü");
        Assert.Equal(("Lamp, red", 20.5m, 4), (lamp.Name, lamp.Price, lamp.Stock));
        Assert.Equal(["Home", "Light"], lamp.Categories);
    }

    [Fact]
    public async Task In_atom_and_where_titles_come_twice_googles_own_fields_hold()
    {
        await ImportAsync(
            """
            <feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><id>tag:shop.example,2026:feed</id>
            <entry><id>tag:shop.example,2026:/p/1</id><g:id>atom-1</g:id><title>For readers</title><g:title>Atom tea</g:title>
              <link rel="alternate" href="https://shop.example/atom"/><g:price>3 EUR</g:price></entry></feed>
            """
        );

        var tea = await GetAsync("atom-1");
        Assert.Equal(("Atom tea", "https://shop.example/atom"), (tea.Name, tea.Url));
    }

    [Fact]
    public async Task A_quote_that_does_not_close_and_text_that_is_not_utf8_are_told_with_their_lines()
    {
        var quote = await ImportAsync(
            "id\ttitle\tprice\nquote-1\t\"Best\" chair\t1\nquote-2\t24\" screen\t1\nquote-3\t\"open\t1\nquote-4\tlost\t1\nquote-5\tlost\t1\n"
        );

        Assert.Equal(2, quote.Accepted);
        var rejection = Assert.Single(quote.Rejections);
        Assert.Equal((4, "quote-3"), (rejection.Index, rejection.ProductId));
        Assert.Contains("were taken with it", rejection.Reason, StringComparison.Ordinal);
        Assert.Equal(["Best chair", "24\" screen"], [(await GetAsync("quote-1")).Name, (await GetAsync("quote-2")).Name]);

        var latin = await ImportAsync(Encoding.Latin1.GetBytes("id;title;price\nlatin-1;Käse;1\nlatin-2;Tee;1\n"));
        Assert.Equal((1, 1), (latin.Accepted, latin.Rejected));
        Assert.Contains("save the file as UTF-8", latin.Rejections[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_description_over_several_lines_is_no_open_quote()
    {
        Assert.Equal(1, (await ImportAsync("id,title,description\nlines-1,Tea,\"first\nsecond, \"\"third\"\"\"\n")).Accepted);
        Assert.Equal("first\nsecond, \"third\"", (await GetAsync("lines-1")).Description);
    }

    [Fact]
    public async Task A_packed_feed_is_read_and_a_broken_one_told()
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            packing.Write(Encoding.UTF8.GetBytes("id,title\npacked-1,Tea\n"));
        }
        await ImportAsync(packed.ToArray());
        Assert.Equal("Tea", (await GetAsync("packed-1")).Name);

        using var response = await SendAsync([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 255, 255, 255]);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("gzip", await response.Content.ReadAsStringAsync(RunningService.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_whose_address_holds_commas_comes_in_and_goes_out_whole()
    {
        const string Scaled = "https://res.cloudinary.com/shop/w_400,h_300/a.jpg";
        const string Plain = "https://shop.example/b.jpg";
        await ImportAsync(
            $"id\ttitle\tprice\tlink\timage_link\tadditional_image_link\ncomma-1\tTea\t1\thttps://shop.example/\t{Plain}\t{Scaled},{Plain}\n"
        );
        Assert.Equal([Scaled, Plain], (await GetAsync("comma-1")).Images);

        var xml = XDocument.Parse(await ReadAsync("/google.xml"));
        var item = xml.Descendants("item").Single(i => i.Element(Google + "id")!.Value == "comma-1");
        Assert.Equal([Scaled, Plain], item.Elements(Google + "additional_image_link").Select(e => e.Value));
        // In a table a comma parts pictures.
        Assert.Contains("w_400%2Ch_300/a.jpg," + Plain, await ReadAsync("/google.tsv"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("<rss><channel></channel></rss>", "neither <item> nor <entry>")]
    [InlineData("<rss><channel><item><id>x</id>", "broken in line 1")]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><rss><item><id>&b;</id></item></rss>", "DTD")]
    [InlineData("colour,price\nred,3\n", "no column 'id'")]
    public async Task What_is_no_feed_is_told_so(string feed, string says)
    {
        using var response = await SendAsync(feed);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(RunningService.Ct);
        Assert.Equal("/problems/unusable-feed", problem!.Type);
        Assert.Contains(says, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_catalogue_goes_out_as_google_and_meta_read_it_and_comes_in_again_unchanged()
    {
        await service.UpsertAsync(
            new(
                "out/1",
                "Tea \"fine\", green\tleaf",
                "Tea",
                12.5m,
                "EUR",
                "https://shop.example/o",
                "https://shop.example/o.jpg",
                Brand: "L\u0001eaf"
            ),
            new("out/2", "No picture", Price: 3, Url: "https://shop.example/p")
        );

        var xml = XDocument.Parse(await ReadAsync("/google.xml"));
        var item = xml.Descendants("item").Single(i => i.Element(Google + "id")!.Value == "out/1");
        Assert.Equal("12.50 EUR", item.Element(Google + "price")!.Value);
        Assert.DoesNotContain("out/2", xml.ToString(), StringComparison.Ordinal);

        var before = await GetAsync("out/1");
        foreach (var path in new[] { "/google.tsv", "/meta.csv" })
        {
            var table = await ReadAsync(path);
            Assert.Contains("out/1", table, StringComparison.Ordinal);
            var back = await ImportAsync(table);
            Assert.Equal(0, back.Rejected);
        }
        Assert.Equal(before.Name, (await GetAsync("out/1")).Name);
    }

    private Task<FeedImport> ImportAsync(string feed) => ImportAsync(Encoding.UTF8.GetBytes(feed));

    private async Task<FeedImport> ImportAsync(byte[] feed)
    {
        using var response = await SendAsync(feed);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(RunningService.Ct));
        return (await response.Content.ReadFromJsonAsync<FeedImport>(Json.Options, RunningService.Ct))!;
    }

    private Task<HttpResponseMessage> SendAsync(string feed) => SendAsync(Encoding.UTF8.GetBytes(feed));

    private async Task<HttpResponseMessage> SendAsync(byte[] feed)
    {
        using var content = new ByteArrayContent(feed);
        return await service.Client(Scope.Write).PostAsync(new Uri(Routes.Feeds, UriKind.Relative), content, RunningService.Ct);
    }

    private Task<string> ReadAsync(string path) =>
        service.Client(Scope.Read).GetStringAsync(new Uri(Routes.Feeds + path, UriKind.Relative), RunningService.Ct);

    private async Task<ProductView> GetAsync(string id) =>
        (
            await service
                .Client(Scope.Read)
                .GetFromJsonAsync<ProductView>(new Uri($"{Routes.Products}/{id}", UriKind.Relative), Json.Options, RunningService.Ct)
        )!;
}
