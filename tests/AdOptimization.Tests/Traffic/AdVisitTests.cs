using MarketingPlatform.AdOptimization.Traffic;
using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Traffic;

public sealed class AdVisitTests
{
    [Theory]
    [InlineData("gclid", "google", null, "search")]
    [InlineData("fbclid", "meta", "paid_social", "social")]
    [InlineData(null, "bing", "cpc", "search")]
    [InlineData(null, "ads.example", "Display", "display")]
    [InlineData("fbclid", "facebook", "cpc", "social")]
    public void A_click_id_or_a_paid_medium_makes_a_visit_of_a_channel(string? kind, string source, string? medium, string channel) =>
        Assert.Equal(channel, Of(new(kind, kind is null ? null : "x", source, medium, "spring", "video", "set", null))!.Channel);

    [Fact]
    public void A_link_that_a_friend_shared_and_a_newsletter_are_no_adverts()
    {
        Assert.Null(Of(new("fbclid", "x", null, null, null, null, null, null)));
        Assert.Null(Of(new(null, null, "newsletter", "email", "spring", null, null, null)));
        Assert.Null(Of(null));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1)", true)]
    [InlineData("facebookexternalhit/1.1", true)]
    [InlineData("python-requests/2.31", true)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", false)]
    public void Known_crawlers_are_told_by_their_name(string agent, bool isMachine) =>
        Assert.Equal(isMachine, Of(new("gclid", "x", null, null, null, null, null, agent))!.IsMachine);

    private static AdVisit? Of(AdClick? ad) =>
        AdVisit.Of(new BehaviourEvent(Guid.CreateVersion7(), Guid.CreateVersion7(), "page", "Home", null, "web", null, default, ad));
}
