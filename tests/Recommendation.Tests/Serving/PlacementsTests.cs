using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Trends;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class PlacementsTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task The_shops_rules_pin_bury_and_exclude()
    {
        await service.UpsertAsync(
            new("rule-a", "A", "Rules", 10),
            new("rule-b", "B", "Rules", 10),
            new("rule-c", "C", "Rules", 10),
            new("rule-dear", "D", "Rules", 500)
        );
        await service.OrdersAsync([.. Orders.Bundle("rule-a"), .. Orders.Bundle("rule-b").Take(10), .. Orders.Bundle("rule-dear").Take(5)]);
        await service.TrainAsync();
        await PutAsync(
            "front",
            new
            {
                maxPrice = 100,
                rules = new object[]
                {
                    new
                    {
                        action = "pin",
                        filter = "id:rule-c",
                        position = 2,
                    },
                    new { action = "exclude", filter = "id:rule-a" },
                },
            }
        );

        var items = (await service.RecommendAsync("?placement=front&filter=category:Rules&limit=5")).Items;

        Assert.Equal([("rule-b", "popularity"), ("rule-c", "pinned")], items.Select(i => (i.ProductId, i.Source)));
        Assert.Equal("Chosen by our shop", items[1].Reason);
    }

    [Theory]
    [InlineData("{\"diversity\": 2}", "diversity")]
    [InlineData("{\"rules\": [{\"action\": \"pin\", \"filter\": \"colour:red\"}]}", "rules[0].filter")]
    [InlineData("{\"rules\": [{\"action\": \"boost\", \"filter\": \"brand:x\", \"factor\": 0.5}]}", "rules[0].factor")]
    [InlineData("{\"minPrice\": -3}", "minPrice")]
    [InlineData("{\"rules\": null}", "rules")]
    [InlineData("{\"model\": \"ease-77\"}", "model")]
    public async Task A_placement_that_makes_no_sense_is_told_which_field_is_wrong(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await service.Client(Scope.Write).PutAsync(Address("/placements/bad"), content, RunningService.Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"\"{field}\"", await response.Content.ReadAsStringAsync(RunningService.Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?placement=similar", "product")]
    [InlineData("?placement=cart", "cart")]
    [InlineData("?placement=reorder", "customer")]
    [InlineData("?filter=price:NaN", "filter")]
    [InlineData("?visitor=anon-1", "visitor")]
    [InlineData("?preview=perhaps", "preview")]
    public async Task A_question_without_what_it_is_about_is_told_so(string query, string field)
    {
        using var response = await service.Client(Scope.Read).GetAsync(Address(query), RunningService.Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"\"{field}\"", await response.Content.ReadAsStringAsync(RunningService.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_placement_is_told_which_there_are()
    {
        using var response = await service.Client(Scope.Read).GetAsync(Address("?placement=attic"), RunningService.Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("for-you", await response.Content.ReadAsStringAsync(RunningService.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nobody_bought_yet_is_found_by_likeness_and_pairs_by_orders()
    {
        await service.UpsertAsync(
            new("kettle-1", "Steel kettle", "Kettles", Brand: "Boil"),
            new("kettle-2", "Copper kettle", "Kettles", Brand: "Boil"),
            new("kettle-mat", "Mat", "Mats")
        );
        await service.OrdersAsync(Orders.Bundle("kettle-1", "kettle-mat"));
        await service.Services.GetRequiredService<BasketPairs>().ComputeAsync(RunningService.Ct);

        var similar = (await service.RecommendAsync("?placement=similar&product=kettle-1&limit=1")).Items[0];
        var together = (await service.RecommendAsync("?placement=bought-together&product=kettle-1&limit=1")).Items[0];

        Assert.Equal(("kettle-2", "Similar to Steel kettle"), (similar.ProductId, similar.Reason));
        Assert.Equal(("kettle-mat", "Often bought together with Steel kettle"), (together.ProductId, together.Reason));
    }

    [Fact]
    public async Task What_came_back_into_stock_is_told_to_who_looked_at_it_first()
    {
        var customer = Orders.NewCustomer();
        await service.UpsertAsync(new("back-1", "One", InStock: false), new("back-2", "Two", InStock: false));
        await service.ConsumeAsync<Recommendation.Behaviour.BehaviourBatchConsumer, Contracts.Customers.BehaviourBatch>(
            new Contracts.Customers.BehaviourBatch([
                new(Guid.CreateVersion7(Orders.Day), customer, "track", "Product Viewed", "back-2", "web", null, Orders.Day),
            ])
        );
        Assert.Empty((await service.RecommendAsync($"?placement=back-in-stock&customer={customer}")).Items);

        await service.UpsertAsync(new("back-1", "One"), new("back-2", "Two"));
        var items = (await service.RecommendAsync($"?placement=back-in-stock&customer={customer}")).Items;

        Assert.Equal(["back-2", "back-1"], items.Select(i => i.ProductId));
        Assert.Equal("Back in stock: you looked at it", items[0].Reason);
    }

    [Fact]
    public async Task A_batch_answers_everybody_in_order_and_an_unknown_person_too()
    {
        var buyer = Orders.NewCustomer();
        // A third, so that who bought the first has two left whichever test comes first.
        await service.UpsertAsync(new ProductUpsert("batch-c", "C"));
        await service.OrdersAsync([.. Orders.Bundle("batch-a", "batch-b"), Orders.Order(buyer, Orders.Day, "batch-a")]);
        await service.TrainAsync();
        await service.RefreshAsync();
        var customers = new[] { Orders.NewCustomer(), buyer };
        using var response = await service
            .Client(Scope.Read)
            .PostAsJsonAsync(Address("/batch"), new RecommendationBatch(customers, Limit: 2), Json.Options, RunningService.Ct);
        var result = (await response.Content.ReadFromJsonAsync<RecommendationBatchResult>(Json.Options, RunningService.Ct))!;

        Assert.Equal(customers, result.Customers.Select(c => c.CustomerId));
        Assert.All(result.Customers, c => Assert.Equal(2, c.Recommendations.Items.Count));
        var first = result.Customers[1].Recommendations.Items[0];
        Assert.Equal(("batch-b", "Because you bought The batch-a"), (first.ProductId, first.Reason));
        Assert.Equal(1, first.Because!.Sum(c => c.Share), 5);
    }

    private async Task PutAsync(string key, object definition)
    {
        using var response = await service.Client(Scope.Write).PutAsJsonAsync(Address("/placements/" + key), definition, RunningService.Ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(RunningService.Ct));
    }

    private static Uri Address(string rest) => new(Routes.Recommendations + rest, UriKind.Relative);
}
