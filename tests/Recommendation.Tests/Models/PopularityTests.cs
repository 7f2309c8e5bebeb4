using MarketingPlatform.Recommendation.Models;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class PopularityTests
{
    private static readonly DateTimeOffset Newest = new(2011, 12, 9, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_purchase_fades_by_half_in_a_half_life_and_is_gone_after_the_window()
    {
        var popularity = new Popularity(Newest, TimeSpan.FromDays(90), TimeSpan.FromDays(30));
        popularity.Add(0, Newest);
        popularity.Add(1, Newest.AddDays(-30));
        popularity.Add(2, Newest.AddDays(-91));

        Assert.Equal(1, popularity[0], 9);
        Assert.Equal(0.5, popularity[1], 9);
        Assert.Equal(0, popularity[2]);
        Assert.Equal([0, 1], popularity.Ranking());
    }
}
