using System.Text.Json.Nodes;

namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>One stay on the site: each step takes a while.</summary>
internal sealed class Stay(
    ShopperCalls shopper,
    ShopHistory.CallQueue calls,
    DateTimeOffset start,
    string device,
    bool signedIn,
    Chance chance
)
{
    private bool _signedIn = signedIn;

    public DateTimeOffset Clock { get; private set; } = start;

    /// <param name="channel">What led the shopper here.</param>
    public void Arrive(string channel)
    {
        var properties = new JsonObject
        {
            ["url"] = "https://shop.example/",
            ["path"] = "/",
            ["title"] = "Home",
            ["channel"] = channel,
        };
        Happen(shopper.Page("Home", Clock, _signedIn, device, properties));
    }

    public void View(Product product) => Track("Product Viewed", Properties.Of(product));

    public void SignIn(bool allowsEmail)
    {
        _signedIn = true;
        Happen(shopper.Identify(Clock, device, allowsEmail));
    }

    public void Track(string name, JsonObject properties) => Happen(shopper.Track(name, Clock, _signedIn, device, properties));

    private void Happen(ShopCall call)
    {
        calls.Add(call);
        Clock = Clock.AddSeconds(5 + chance.Exponential(50));
    }
}
