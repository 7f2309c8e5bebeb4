using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Profiles;

public sealed class ShowCustomerTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_customer_is_shown_with_names_traits_demographics_and_consents()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(
            Shop.Identify(
                ann,
                browser,
                new
                {
                    email = $"{ann}@shop.example",
                    firstName = "Ann",
                    age = 41,
                    address = new { city = "Oslo" },
                    plan = "pro",
                },
                new { email_marketing = true, chat = false }
            )
        );
        var customer = await View(ann);

        Assert.Equal(
            [("userId", ann), ("email", $"{ann}@shop.example"), ("anonymousId", browser)],
            customer["identifiers"]!.AsArray().Select(i => ((string)i!["kind"]!, (string)i["value"]!))
        );
        Assert.Equal(("pro", 41), ((string)customer["traits"]!["plan"]!, (int)customer["traits"]!["age"]!));
        Assert.Equal(("Ann", 41, "Oslo"), Demographics(customer["demographics"]!));
        Assert.Equal(
            [("chat", false, "identify"), ("email_marketing", true, "identify")],
            customer["consents"]!.AsArray().Select(c => ((string)c!["purpose"]!, (bool)c["granted"]!, (string)c["source"]!))
        );
        static (string, int, string) Demographics(JsonNode d) => ((string)d["firstName"]!, (int)d["age"]!, (string)d["city"]!);
    }

    [Fact]
    public async Task Computed_traits_follow_from_events_and_orders()
    {
        var ann = Shop.NewId("ann");
        var first = Shop.Start.AddDays(-9);
        var last = Shop.Start.AddHours(-1);
        var order = Shop.NewId("order");
        await shop.Sends(
            Shop.Track(
                "Product Viewed",
                ann,
                null,
                new
                {
                    product_id = "a",
                    category = "Tea",
                    channel = "social",
                },
                first
            ),
            Shop.Track(
                "Product Viewed",
                ann,
                null,
                new
                {
                    product_id = "a",
                    category = "Tea",
                    channel = "social",
                },
                first.AddDays(1)
            ),
            Shop.Track(
                "Order Completed",
                ann,
                null,
                new
                {
                    order_id = order,
                    total = 30.5,
                    currency = "USD",
                    products = new[]
                    {
                        new
                        {
                            product_id = "b",
                            quantity = 3,
                            price = 10,
                            category = "Cups",
                        },
                    },
                },
                first.AddDays(2)
            ),
            Shop.Track(
                "Order Refunded",
                ann,
                null,
                new
                {
                    order_id = order,
                    total = 10,
                    currency = "USD",
                },
                first.AddDays(3)
            ),
            Shop.Call("page", ann, null, new { name = "Home", timestamp = last })
        );
        var computed = (await View(ann))["computed"]!;

        Assert.Equal((first, last), ((DateTimeOffset)computed["firstSeen"]!, (DateTimeOffset)computed["lastSeen"]!));
        Assert.Equal((1, 20.5m, "USD"), ((int)computed["orders"]!, (decimal)computed["spend"]!, (string)computed["currency"]!));
        Assert.Equal(("Cups", "social"), ((string)computed["favouriteCategory"]!, (string)computed["preferredChannel"]!));
    }

    [Fact]
    public async Task Nobody_is_answered_with_what_to_do()
    {
        using var response = await shop.Http.GetAsync(new Uri($"/api/v1/customers/{Guid.CreateVersion7()}", UriKind.Relative), Ct);
        Assert.Equal("/problems/customer-not-found", (string)(await response.Content.ReadFromJsonAsync<JsonObject>(Ct))!["type"]!);
    }

    private async Task<JsonObject> View(string identifier) =>
        (await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{await shop.CustomerOf(identifier)}", Ct))!;
}
