using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Contracts.Segmentation;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Timeline;

public sealed class ShowTimelineTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_accepted_call_is_one_entry_with_its_fields()
    {
        var ann = Shop.NewId("ann");
        var calls = new[]
        {
            Shop.Identify(ann, null, new { plan = "pro" }),
            Shop.Track("Product Viewed", ann, null, new { product_id = "a" }),
            Shop.Call("page", ann, null, new { name = "Home", properties = new { url = "https://shop.example/" } }),
            Shop.Call("screen", ann, null, new { name = "Start" }),
            Shop.Call("group", ann, null, new { groupId = "g-1", traits = new { size = 3 } }),
            Shop.Call("alias", ann, null, new { previousId = "before-" + ann }),
        };
        await shop.Sends(calls);
        await shop.Sends(calls[1].DeepClone().AsObject());

        var entries = (await Timeline(ann))["items"]!.AsArray();
        Assert.Equal(
            calls.Select(call => (string)call["messageId"]!).Order(),
            entries.Select(entry => (string)entry!["messageId"]!).Order()
        );
        var byKind = entries.ToDictionary(entry => (string)entry!["kind"]!, entry => entry!);
        Assert.Equal("pro", (string)byKind["identify"]["properties"]!["plan"]!);
        Assert.Equal(("Product Viewed", "a"), ((string)byKind["track"]["name"]!, (string)byKind["track"]["properties"]!["product_id"]!));
        Assert.Equal(("Home", "Start"), ((string)byKind["page"]["name"]!, (string)byKind["screen"]["name"]!));
        Assert.Equal(("g-1", 3), ((string)byKind["group"]["name"]!, (int)byKind["group"]["properties"]!["size"]!));
        Assert.Equal("before-" + ann, (string)byKind["alias"]["name"]!);
    }

    [Fact]
    public async Task Mails_segments_and_consents_stand_among_the_calls_newest_first()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann, null, new { plan = "pro" }, new { email_marketing = true }, Shop.Start.AddHours(-5)));
        var customer = await shop.CustomerOf(ann);
        await shop.Hears(
            new EmailsSent([
                new(Guid.CreateVersion7(), customer, "welcome", "Hello Ann", Shop.Start.AddHours(-4)),
                new(Guid.CreateVersion7(), Guid.CreateVersion7(), "welcome", "To somebody unknown here", Shop.Start),
            ]),
            new SegmentEntered(customer, Guid.CreateVersion7(), "new", Shop.Start.AddHours(-3)),
            new SegmentLeft(customer, Guid.CreateVersion7(), "lapsed", Shop.Start.AddHours(-2))
        );

        Assert.Equal(
            [("segment-left", "lapsed"), ("segment-entered", "new"), ("mail", "Hello Ann")],
            (await Timeline(ann, "limit=3"))["items"]!.AsArray().Select(e => ((string)e!["kind"]!, (string)e["name"]!))
        );
        var kinds = (await Timeline(ann))["items"]!.AsArray().Select(e => (string)e!["kind"]!).ToArray();
        Assert.Equal(["consent", "identify"], kinds[3..].Order());
    }

    [Fact]
    public async Task Pages_cover_everything_once_also_where_times_are_equal()
    {
        var ann = Shop.NewId("ann");
        var calls = Enumerable
            .Range(0, 25)
            .Select(i => Shop.Track("Step", ann, null, new { i }, Shop.Start.AddMinutes(-(i % 3))))
            .ToArray();
        await shop.Sends(calls);
        var seen = new List<string>();
        for (var cursor = ""; cursor is not null; )
        {
            var page = await Timeline(ann, $"limit=4&cursor={cursor}");
            seen.AddRange(page["items"]!.AsArray().Select(e => (string)e!["messageId"]!));
            cursor = (string?)page["nextCursor"];
        }
        Assert.Equal(calls.Select(c => (string)c["messageId"]!).Order(), seen.Order());
    }

    private async Task<JsonObject> Timeline(string identifier, string query = "") =>
        (await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{await shop.CustomerOf(identifier)}/timeline?{query}", Ct))!;
}
