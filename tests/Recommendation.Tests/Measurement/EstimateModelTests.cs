using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Measurement;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Placements;
using MarketingPlatform.Recommendation.Serving;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Measurement;

public sealed class EstimateModelTests(RunningService service) : IClassFixture<RunningService>
{
    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task Before_a_switch_the_log_tells_which_model_would_have_been_clicked()
    {
        // Who bought tea buys gold first in the eyes of the first model, silver first in those of the second one.
        var shop = Enumerable.Range(0, 12).SelectMany(n => Orders.Bundle("e-tea", $"e-other-{n}").Take(3));
        await service.OrdersAsync([.. shop, .. Orders.Bundle("e-tea", "e-gold"), .. Orders.Bundle("e-tea", "e-silver").Take(10)]);
        await service.TrainAsync();
        var gold = service.Services.GetRequiredService<ServingModel>().Current!.Row.Version;
        await service.OrdersAsync([.. Orders.Bundle("e-tea", "e-silver"), .. Orders.Bundle("e-tea", "e-silver")]);
        await service.TrainAsync();
        var silver = service.Services.GetRequiredService<ServingModel>().Current!.Row.Version;
        Assert.NotEqual(gold, silver);
        await PutAsync("explored", new PlacementDefinition { Exploration = 0.5, Diversity = 0 });
        await PutAsync("certain", new PlacementDefinition { Diversity = 0 });

        // Whoever sees gold first clicks it.
        var recommendations = service.Services.GetRequiredService<GetRecommendations>();
        var customers = Enumerable.Range(0, 600).Select(_ => Orders.NewCustomer()).ToArray();
        await service.OrdersAsync([.. customers.Select(c => Orders.Order(c, Orders.Day.AddDays(2), "e-tea"))]);
        var clicks = new List<RecommendationEvent>();
        foreach (var customer in customers)
        {
            var answer = await recommendations.AnswerAsync(customer, new Request("explored", 10), Ct);
            if (answer.Items[0].ProductId == "e-gold")
            {
                clicks.Add(new(answer.DecisionId!, "clicked", "e-gold", customer));
            }
        }
        using var told = await service
            .Client(Scope.Write)
            .PostAsJsonAsync(Address("/events"), new RecommendationEvents(clicks), Json.Options, Ct);
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        while (
            await service.Database.QuerySingleAsync<int>("select count(*)::int from decisions where placement = 'explored'", null, Ct) < 600
        )
        {
            await Task.Delay(50, Ct);
        }

        var (byGold, bySilver) = (await EstimateAsync(gold), await EstimateAsync(silver));
        Assert.InRange(byGold, 0.9, 1.0001);
        Assert.InRange(bySilver, -0.0001, 0.1);

        using var certain = await service.Client(Scope.Read).GetAsync(Address($"/models/{gold}/estimate?placement=certain"), Ct);
        Assert.Equal(HttpStatusCode.Conflict, certain.StatusCode);
        using var nowhere = await service.Client(Scope.Read).GetAsync(Address($"/models/{gold}/estimate"), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, nowhere.StatusCode);
        using var unknown = await service.Client(Scope.Read).GetAsync(Address("/models/none-1/estimate?placement=explored"), Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    /// <summary>The mean clicks of the first place, by the self-normalised estimator.</summary>
    private async Task<double> EstimateAsync(string version)
    {
        var estimate = await service
            .Client(Scope.Read)
            .GetFromJsonAsync<JsonElement>(Address($"/models/{version}/estimate?placement=explored"), Json.Options, Ct);
        return estimate
            .GetProperty("report")
            .GetProperty("estimates")
            .EnumerateArray()
            .Single(one => one.GetProperty("estimator").GetString() == "snips")
            .GetProperty("reward")
            .GetProperty("estimate")
            .GetDouble();
    }

    private async Task PutAsync(string key, PlacementDefinition definition)
    {
        using var put = await service.Client(Scope.Write).PutAsJsonAsync(Address("/placements/" + key), definition, Json.Options, Ct);
        put.EnsureSuccessStatusCode();
        await service.RefreshAsync();
    }

    private static Uri Address(string rest) => new(Routes.Recommendations + rest, UriKind.Relative);
}
