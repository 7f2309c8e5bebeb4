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
        Assert.Equal([(2, "rss-2"), (3, "")], result.Rejections.Select(r => (r.Index, r.ProductId)));
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

    private async Task<FeedImport> ImportAsync(string feed)
    {
        using var response = await SendAsync(feed);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(RunningService.Ct));
        return (await response.Content.ReadFromJsonAsync<FeedImport>(Json.Options, RunningService.Ct))!;
    }

    private async Task<HttpResponseMessage> SendAsync(string feed)
    {
        using var content = new StringContent(feed, Encoding.UTF8, "text/plain");
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
