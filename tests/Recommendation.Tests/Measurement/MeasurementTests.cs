using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Behaviour;
using MarketingPlatform.Recommendation.Measurement;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Measurement;

public sealed class MeasurementTests(RunningService service) : IClassFixture<RunningService>
{
    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task From_answer_over_click_to_order_the_report_tells_by_placement_and_model()
    {
        var customer = Orders.NewCustomer();
        await service.OrdersAsync([.. Orders.Bundle("m-tea", "m-honey"), Orders.Order(customer, Orders.Day, "m-tea")]);
        await service.TrainAsync();
        var answer = await service.RecommendAsync($"?customer={customer}&placement=mail&limit=3");
        await KeptAsync(answer.DecisionId!);

        var now = TimeProvider.System.GetUtcNow();
        // The shop's page says so in its ordinary events, twice; the order comes a minute later.
        var properties = JsonSerializer.SerializeToElement(new { recommendation_id = answer.DecisionId });
        for (var n = 0; n < 2; n++)
        {
            await service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>(
                new BehaviourBatch([
                    new(Guid.CreateVersion7(), customer, "track", "Product List Viewed", null, "web", properties, now),
                    new(Guid.CreateVersion7(), customer, "track", "Product Clicked", "m-honey", "web", properties, now),
                ])
            );
        }
        await service.OrdersAsync(Orders.Order(customer, now.AddMinutes(1), "m-honey", "m-other"));

        var report = await GetAsync<RecommendationReport>("/report");
        var row = Assert.Single(report.Rows, r => r.Placement == "mail" && r.ModelVersion == answer.ModelVersion && r.Arm is null);
        Assert.Equal((1, 1, 1, 1, 1), (row.Answers, row.Shown, row.Clicked, row.Orders, row.Items));
        Assert.True(row.ClickRateLower < 1 && row.ClickRateUpper <= 1);
        var decision = (await GetAsync<Page<DecisionView>>($"/decisions?customer={customer}")).Items[0];
        Assert.Equal((answer.DecisionId, "mail"), (decision.DecisionId, decision.Placement));
        Assert.Equal(["m-honey"], decision.Clicked);
    }

    [Fact]
    public async Task A_product_that_was_not_recommended_is_no_click_and_a_preview_is_no_answer()
    {
        var customer = Orders.NewCustomer();
        await service.UpsertAsync(new("shown-1", "S1"), new("shown-2", "S2"));
        await PutAsync("shelf", new Recommendation.Placements.PlacementDefinition());
        var preview = await service.RecommendAsync($"?customer={customer}&placement=shelf&limit=2&preview=true");
        var answer = await service.RecommendAsync($"?customer={customer}&placement=shelf&limit=2");
        Assert.Null(preview.DecisionId);
        Assert.Equal(answer.Items.Select(i => i.ProductId), preview.Items.Select(i => i.ProductId));
        await KeptAsync(answer.DecisionId!);

        // The page kept the id when the customer went on to something else.
        var now = TimeProvider.System.GetUtcNow();
        using var told = await service
            .Client(Scope.Write)
            .PostAsJsonAsync(
                Address("/events"),
                new RecommendationEvents([new(answer.DecisionId!, "clicked", "never-shown", customer, now)]),
                Json.Options,
                Ct
            );
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        await service.OrdersAsync(Orders.Order(customer, now.AddMinutes(1), "never-shown"));

        var row = Assert.Single((await GetAsync<RecommendationReport>("/report")).Rows, r => r.Placement == "shelf");
        Assert.Equal((1, 0, 0, 0), (row.Answers, row.Clicked, row.Orders, row.Items));
        Assert.Empty((await GetAsync<Page<DecisionView>>($"/decisions?customer={customer}")).Items[0].Clicked);
    }

    [Theory]
    [InlineData("""{"model": "ease-77"}""")]
    [InlineData("""{"rules": null}""")]
    public async Task An_arm_that_cannot_be_shown_is_refused(string definition)
    {
        using var content = new StringContent(
            $$$"""{"key": "arms", "placement": "mail", "arms": [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5, "definition": {{{definition}}}}]}""",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        using var response = await service.Client(Scope.Write).PostAsync(Address("/experiments"), content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("\"arms.", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private async Task PutAsync(string key, Recommendation.Placements.PlacementDefinition definition)
    {
        using var response = await service.Client(Scope.Write).PutAsJsonAsync(Address("/placements/" + key), definition, Json.Options, Ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task An_experiment_gives_each_customer_one_arm_and_tells_what_it_showed()
    {
        await service.UpsertAsync(new("x-1", "X1"), new("x-2", "X2"));
        var body = new NewExperiment(
            "no-model",
            "for-you",
            [new("now", 0.5), new("popular", 0.5, new Recommendation.Placements.PlacementDefinition { Model = "popularity" })]
        );
        using var started = await service.Client(Scope.Write).PostAsJsonAsync(Address("/experiments"), body, Json.Options, Ct);
        Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        using var again = await service.Client(Scope.Write).PostAsJsonAsync(Address("/experiments"), body, Json.Options, Ct);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        var clicks = new List<RecommendationEvent>();
        var last = "";
        for (var n = 0; n < 60; n++)
        {
            var customer = Guid.CreateVersion7();
            var answer = await service.RecommendAsync($"?customer={customer}&limit=2");
            Assert.Equal(answer.Experiment, (await service.RecommendAsync($"?customer={customer}&limit=2")).Experiment);
            if (n % (answer.Experiment == "no-model/now" ? 4 : 2) == 0)
            {
                clicks.Add(new(answer.DecisionId!, "clicked", answer.Items[0].ProductId, customer));
            }
            last = answer.DecisionId!;
        }
        using var told = await service
            .Client(Scope.Write)
            .PostAsJsonAsync(Address("/events"), new RecommendationEvents(clicks), Json.Options, Ct);
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        await KeptAsync(last);

        var report = await GetAsync<JsonElement>("/experiments/no-model");
        var clicked = report.GetProperty("results")[0];
        Assert.Equal("customers who clicked", clicked.GetProperty("metric").GetString());
        Assert.Equal(["now", "popular"], clicked.GetProperty("arms").EnumerateArray().Select(a => a.GetProperty("name").GetString()));
        Assert.InRange(clicked.GetProperty("arms").EnumerateArray().Sum(a => a.GetProperty("units").GetInt64()), 59, 60);
        using var ended = await service.Client(Scope.Write).PostAsync(Address("/experiments/no-model/end"), null, Ct);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Null((await service.RecommendAsync($"?customer={Guid.CreateVersion7()}&limit=2")).Experiment);
    }

    [Theory]
    [InlineData("""{"events": []}""", "events")]
    [InlineData("""{"events": [{"decisionId": "x", "kind": "clicked"}]}""", "events[0].decisionId")]
    [InlineData("""{"events": [{"decisionId": "0190f2a0aaaa7000800000000000aaaa", "kind": "loved"}]}""", "events[0].kind")]
    [InlineData("""{"events": [{"decisionId": "0190f2a0aaaa7000800000000000aaaa", "kind": "clicked"}]}""", "events[0].productId")]
    public async Task An_event_that_says_nothing_is_told_what_is_missing(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await service.Client(Scope.Write).PostAsync(Address("/events"), content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"\"{field}\"", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    /// <summary>Decisions are written together, a little later.</summary>
    private async Task KeptAsync(string decision)
    {
        while (
            !await service.Database.QuerySingleAsync<bool>(
                "select exists (select from decisions where decision_id = @decision)",
                new { decision },
                Ct
            )
        )
        {
            await Task.Delay(50, Ct);
        }
    }

    private async Task<T> GetAsync<T>(string path) =>
        (await service.Client(Scope.Read).GetFromJsonAsync<T>(Address(path), Json.Options, Ct))!;

    private static Uri Address(string rest) => new(Routes.Recommendations + rest, UriKind.Relative);
}
