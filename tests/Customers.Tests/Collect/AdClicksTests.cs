using System.Text.Json;
using MarketingPlatform.Customers.Collect;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

public sealed class AdClicksTests
{
    [Fact]
    public void A_page_tells_the_click_id_and_the_campaign_of_its_address()
    {
        var click = AdClicks.Of(
            Page(
                """{"page": {"url": "https://shop.example/a?x=1&gclid=Cj0K&utm_source=google&utm_medium=cpc&utm_campaign=spring%20sale#top"}, "userAgent": "Mozilla/5.0"}"""
            )
        )!;

        Assert.Equal(
            ("gclid", "Cj0K", "google", "cpc", "spring sale", "Mozilla/5.0"),
            (click.ClickIdKind, click.ClickId, click.Source, click.Medium, click.Campaign, click.UserAgent)
        );
    }

    [Fact]
    public void Segments_campaign_object_counts_before_the_address()
    {
        var click = AdClicks.Of(
            Page(
                """{"campaign": {"name": "spring", "source": "meta", "medium": "paid_social", "content": "video", "term": "set-1"}, "page": {"search": "?utm_campaign=other&fbclid=IwAR"}}"""
            )
        )!;

        Assert.Equal(
            ("spring", "meta", "video", "set-1", "fbclid"),
            (click.Campaign, click.Source, click.Content, click.Term, click.ClickIdKind)
        );
    }

    [Theory]
    [InlineData("""{"page": {"url": "https://shop.example/a?x=1"}}""")]
    [InlineData("""{"page": {"url": 7}, "campaign": "spring"}""")]
    [InlineData("""{"page": {"search": "?gclid="}}""")]
    public void A_page_without_an_advert_tells_nothing(string context) => Assert.Null(AdClicks.Of(Page(context)));

    [Fact]
    public void Only_pages_are_clicks() => Assert.Null(AdClicks.Of(Page("""{"page": {"search": "?gclid=x"}}""") with { Kind = "track" }));

    private static Call Page(string context) =>
        new("page", "m1", null, "a1", null, "Home", null, JsonDocument.Parse(context).RootElement, default, null);
}
