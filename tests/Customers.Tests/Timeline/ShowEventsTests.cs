using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Timeline;

public sealed class ShowEventsTests : IAsyncLifetime
{
    // Counts are of the whole shop: a shop of its own.
    private readonly Shop shop = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Fact]
    public async Task Names_are_counted_by_customers_and_of_one_the_latest_events_are_told_with_what_was_sent()
    {
        await shop.Sends(
            Shop.Identify("a", null, new { email = "a@shop.example" }),
            Shop.Track("Quiz Done", null, "a", properties: new { score = 7 }),
            Shop.Track("Quiz Done", null, "a", properties: new { score = 9 }),
            Shop.Track("Quiz Done", null, "b"),
            Shop.Track("Wishlist Shared", null, "a")
        );

        var all = await AskAsync("");
        var quiz = await AskAsync("?name=Quiz%20Done&limit=2&days=1");
        var none = await AskAsync("?name=Quizz");

        Assert.Equal(
            [("Quiz Done", 3, 2), ("Wishlist Shared", 1, 1)],
            all["names"]!.AsArray().Select(one => ((string)one!["name"]!, (int)one["events"]!, (int)one["customers"]!))
        );
        Assert.Empty(all["latest"]!.AsArray());
        Assert.Equal(2, quiz["latest"]!.AsArray().Count);
        Assert.Contains(quiz["latest"]!.AsArray(), one => one!["properties"]?["score"]?.GetValue<int>() is 7 or 9);
        Assert.Empty(none["latest"]!.AsArray());
    }

    [Theory]
    [InlineData("?days=0")]
    [InlineData("?days=91")]
    [InlineData("?name=x&limit=5001")]
    public async Task What_cannot_be_answered_is_refused(string query)
    {
        using var answer = await shop.Http.GetAsync(new Uri("/api/v1/customers/events" + query, UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<JsonObject> AskAsync(string query) =>
        (await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/customers/events" + query, Ct))!;
}
