using MarketingPlatform.Platform.Text;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Text;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("welcom", "welcome")]
    [InlineData("wellcome", "welcome")]
    [InlineData("Wlecome", "welcome")]
    [InlineData("win-back-mail", "win-back")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_a_slip_away_or_a_part(string written, string? meant) =>
        Assert.Equal(meant, NearestName.Of(written, ["welcome", "win-back", "birthday"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "ac", 1)]
    [InlineData("same", "same", 0)]
    public void A_swap_of_neighbours_is_one_mistake(string a, string b, int mistakes)
    {
        Assert.Equal(mistakes, NearestName.Distance(a, b));
        Assert.Equal(mistakes, NearestName.Distance(b, a));
    }
}
