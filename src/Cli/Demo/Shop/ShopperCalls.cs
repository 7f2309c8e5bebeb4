using System.Globalization;
using System.Text.Json.Nodes;

namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>Words one shopper's calls, and numbers them: the numbers make the message ids.</summary>
internal sealed class ShopperCalls(Shopper shopper, int seed)
{
    private int _made;

    public ShopCall Identify(DateTimeOffset at, string device, bool allowsEmail) =>
        new(
            "identify",
            Next(),
            at,
            shopper.UserId,
            device,
            Name: null,
            Properties.Traits(shopper),
            Properties.Context(shopper, allowsEmail, shopper.Character.AllowsProfiling)
        );

    public ShopCall Page(string name, DateTimeOffset at, bool signedIn, string device, JsonObject properties) =>
        new("page", Next(), at, signedIn ? shopper.UserId : null, device, name, properties);

    public ShopCall Track(string name, DateTimeOffset at, bool signedIn, string device, JsonObject properties) =>
        new("track", Next(), at, signedIn ? shopper.UserId : null, device, name, properties);

    public string Id(string kind, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}-{seed}-{shopper.Index + 1:00000}-{number}");

    private string Next() => Id("m", ++_made);
}
