using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Email;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Profiles;

public sealed class TraitDecidedTests(Shop shop)
{
    private static TraitDecided Said(Guid customer, string trait, object value, DateTimeOffset at) =>
        new(customer, trait, JsonSerializer.SerializeToElement(value), "win-back", at);

    [Fact]
    public async Task A_trait_that_an_automation_decides_enters_the_profile_and_the_newer_word_stays()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann, traits: new { plan = "free", tier = "none" }, at: Shop.Start.AddDays(-2)));
        var customer = await shop.CustomerOf(ann);

        await shop.Hears(
            Said(customer, "tier", "gold", Shop.Start.AddHours(-1)),
            Said(customer, "tier", "silver", Shop.Start.AddHours(-2)),
            Said(customer, "plan", "older word", Shop.Start.AddDays(-3)),
            Said(customer, "email", "thief@x.example", Shop.Start)
        );

        var traits = (await ViewAsync(customer))["traits"]!;
        Assert.Equal(("gold", "free"), ((string)traits["tier"]!, (string)traits["plan"]!));
        Assert.Null(traits["email"]);
    }

    [Fact]
    public async Task It_finds_the_person_under_an_old_id()
    {
        var (bea, browser) = (Shop.NewId("bea"), Shop.NewId("browser"));
        await shop.Sends(Shop.Identify(bea), Shop.Track("x", null, browser));
        var visitor = await shop.CustomerOf(browser);
        await shop.Sends(Shop.Identify(bea, browser));
        var customer = await shop.CustomerOf(bea);

        await shop.Hears(Said(visitor, "tier", "gold", Shop.Start));

        Assert.Equal("gold", (string)(await ViewAsync(customer))["traits"]!["tier"]!);
    }

    private async Task<JsonNode> ViewAsync(Guid customer) =>
        (await shop.Http.GetFromJsonAsync<JsonNode>($"/api/v1/customers/{customer}", TestContext.Current.CancellationToken))!;
}
