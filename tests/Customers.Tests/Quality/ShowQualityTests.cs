using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Quality;

public sealed class ShowQualityTests : IAsyncLifetime
{
    // Counts are of the whole shop: a shop of its own.
    private readonly Shop shop = new();

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Fact]
    public async Task The_report_shows_what_is_filled_mixed_shared_and_refused()
    {
        await shop.Sends(
            Shop.Identify(
                "a",
                null,
                new
                {
                    email = "same@shop.example",
                    firstName = "Ann",
                    birthday = "1990-05-01",
                    points = 7,
                }
            ),
            Shop.Identify("b", null, new { email = "same@shop.example", points = "7" }),
            Shop.Identify("c", null, new { email = "no address" }),
            Shop.Track("Seen", null, "somebody"),
            new JsonObject { ["type"] = "track", ["userId"] = "a" }
        );
        var report = (await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/customers/quality", TestContext.Current.CancellationToken))!;

        var profiles = report["profiles"]!;
        Assert.Equal(
            (3, 2, 1, 1, 1),
            (
                (int)profiles["customers"]!,
                (int)profiles["email"]!,
                (int)profiles["unusableEmail"]!,
                (int)profiles["name"]!,
                (int)profiles["age"]!
            )
        );
        var traits = report["traits"]!.AsArray().ToDictionary(t => (string)t!["name"]!, t => t!["types"]!.ToJsonString());
        Assert.Equal(("""{"number":1,"string":1}""", """{"date":1}"""), (traits["points"], traits["birthday"]));
        Assert.Equal(1, (int)report["sharedAddresses"]!);
        Assert.Equal(("no-event-name", 1), Rejected(Assert.Single(report["rejected"]!.AsArray())!));

        static (string, int) Rejected(JsonNode rejected) => ((string)rejected["reason"]!, (int)rejected["calls"]!);
    }
}
