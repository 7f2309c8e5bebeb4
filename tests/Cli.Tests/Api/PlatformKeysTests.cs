using MarketingPlatform.Cli.Api;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Api;

public sealed class PlatformKeysTests
{
    [Fact]
    public void Keys_of_the_environment_are_taken_whole()
    {
        var given = new Dictionary<string, string>
        {
            ["MARKETING_KEY_COLLECT"] = "a",
            ["MARKETING_KEY_READ"] = "b",
            ["MARKETING_KEY_WRITE"] = "c",
            ["MARKETING_KEY_ADMIN"] = "d",
        };

        Assert.Equal(new PlatformKeys("a", "b", "c", "d"), PlatformKeys.FromEnvironment(given.GetValueOrDefault));
    }

    [Fact]
    public void Without_keys_in_the_environment_the_file_decides() => Assert.Null(PlatformKeys.FromEnvironment(_ => null));

    [Fact]
    public void A_missing_key_among_given_ones_is_named()
    {
        var failure = Assert.Throws<CommandException>(() =>
            PlatformKeys.FromEnvironment(name => name == "MARKETING_KEY_ADMIN" ? "" : "key")
        );

        Assert.Contains("MARKETING_KEY_ADMIN", failure.Message, StringComparison.Ordinal);
    }
}
