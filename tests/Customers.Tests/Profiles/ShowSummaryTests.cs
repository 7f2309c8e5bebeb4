using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Contracts.Segmentation;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Profiles;

public sealed class ShowSummaryTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_help_desk_sees_segments_scores_consents_channel_and_the_next_best_product()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(
            Shop.Identify(ann, null, new { firstName = "Ann" }, new { email_marketing = true }),
            Shop.Track("Product Viewed", ann, null, new { product_id = "a", channel = "app" })
        );
        var customer = await shop.CustomerOf(ann);
        shop.Recommendation.Best[customer] = new RecommendedProduct(
            "tea-1",
            "Green tea",
            null,
            4.5m,
            "EUR",
            null,
            null,
            1,
            "Popular",
            "popularity"
        );
        shop.Recommendation.Scores[customer] = new CustomerScore("score.churn", 0.25m, "v7", Shop.Start.AddDays(-2));
        await shop.Hears(
            new SegmentEntered(customer, Guid.CreateVersion7(), "new", Shop.Start.AddHours(-3)),
            new SegmentEntered(customer, Guid.CreateVersion7(), "champions", Shop.Start.AddHours(-2)),
            new SegmentLeft(customer, Guid.CreateVersion7(), "new", Shop.Start.AddHours(-1))
        );

        var summary = (await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{customer}/summary", Ct))!;
        Assert.Equal(["champions"], summary["segments"]!.AsArray().Select(s => (string)s!["name"]!));
        var score = Assert.Single(summary["scores"]!.AsArray())!;
        Assert.Equal(
            ("score.churn", 0.25m, Shop.Start.AddDays(-2)),
            ((string)score["name"]!, (decimal)score["value"]!, (DateTimeOffset)score["at"]!)
        );
        Assert.Equal(("email_marketing", true), Consent(Assert.Single(summary["consents"]!.AsArray())!));
        Assert.Equal(
            ("app", "tea-1", "Ann"),
            ((string)summary["preferredChannel"]!, (string)summary["nextBestProduct"]!["productId"]!, (string)summary["firstName"]!)
        );

        static (string, bool) Consent(JsonNode consent) => ((string)consent["purpose"]!, (bool)consent["granted"]!);
    }

    [Fact]
    public async Task A_summary_does_without_recommendation_and_scores_that_nobody_gives()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann));
        var summary = await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{await shop.CustomerOf(ann)}/summary", Ct);
        Assert.Null(summary!["nextBestProduct"]);
        Assert.Null(summary["scores"]);
        Assert.Equal(ann, (string)summary["userId"]!);
    }
}
