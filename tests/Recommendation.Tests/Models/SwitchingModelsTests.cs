using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Behaviour;
using MarketingPlatform.Recommendation.Models;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class SwitchingModelsTests
{
    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task A_worse_model_is_not_promoted_a_person_may_promote_it_and_one_call_takes_that_back()
    {
        await using var good = new RunningService();
        await good.StartAsync(new Dictionary<string, string?>());
        await good.OrdersAsync(Twins());
        await good.TrainAsync();
        var first = await ModelAsync(good, 0);
        Assert.Equal((true, 1.0), (first.Serving, first.Metrics.GetProperty("hitRate").GetDouble()));

        // The same shop, whose settings let no pair be learnt.
        await using var bad = new RunningService();
        await bad.StartAsync(new Dictionary<string, string?> { ["Recommendation:MinimumSupport"] = "1000000" }, beside: good);
        await bad.OrdersAsync(Orders.Order(Orders.NewCustomer(), Orders.Day.AddDays(1), "left-0"));
        Assert.True(await bad.Services.GetRequiredService<TrainModel>().RunAsync(Ct));

        var worse = await ModelAsync(good, 0);
        Assert.NotEqual(first.Version, worse.Version);
        Assert.False(worse.Serving);
        Assert.StartsWith("worse than the serving model", worse.Verdict, StringComparison.Ordinal);
        Assert.True(worse.Metrics.GetProperty("hitRate").GetDouble() < worse.Metrics.GetProperty("servingHitRate").GetDouble());
        Assert.Equal(first.Version, (await good.RecommendAsync("?product=left-3&limit=1")).ModelVersion);

        var promoted = await SwitchAsync(good, $"/models/{worse.Version}/promote");
        Assert.Equal((worse.Version, first.Version), (promoted.Version, promoted.Before));
        Assert.Equal(worse.Version, (await good.RecommendAsync("?product=left-3&limit=1")).ModelVersion);

        var back = await SwitchAsync(good, "/models/rollback");
        Assert.Equal((first.Version, worse.Version), (back.Version, back.Before));
        var answer = await good.RecommendAsync("?product=left-3&limit=1");
        Assert.Equal((first.Version, "right-3"), (answer.ModelVersion, answer.Items[0].ProductId));
    }

    [Fact]
    public async Task A_small_shop_gets_the_model_that_learnt_without_who_refused_although_the_old_one_knows_the_orders_by_heart()
    {
        await using var service = new RunningService();
        await service.StartAsync(new Dictionary<string, string?>());
        // Of each pair two customers: known only from what is held out, so nothing is foretold, and everything known by heart.
        var customers = Enumerable.Range(0, 40).Select(_ => Orders.NewCustomer()).ToArray();
        await service.OrdersAsync([
            .. customers.SelectMany(
                (customer, n) =>
                    new[]
                    {
                        Orders.Order(customer, Orders.Day.AddDays(-2), $"left-{n / 2}"),
                        Orders.Order(customer, Orders.Day.AddDays(-1), $"right-{n / 2}"),
                    }
            ),
        ]);
        await service.TrainAsync();
        var first = await ModelAsync(service, 0);
        Assert.Equal("right-3", (await service.RecommendAsync("?product=left-3&limit=1")).Items[0].ProductId);

        await service.ConsumeAsync<ConsentChangedConsumer, ConsentChanged>(
            new ConsentChanged(customers[6], ConsentPurposes.Profiling, false, "test", Orders.Day)
        );
        Assert.True(await service.Services.GetRequiredService<TrainModel>().RunAsync(Ct));

        var second = await ModelAsync(service, 0);
        Assert.NotEqual(first.Version, second.Version);
        Assert.True(second.Serving, second.Verdict);
        // One customer alone is no pair.
        Assert.NotEqual("co-purchase", (await service.RecommendAsync("?product=left-3&limit=1")).Items[0].Source);
    }

    [Fact]
    public async Task A_model_that_a_placement_names_is_kept_however_many_are_trained_after_it()
    {
        await using var service = new RunningService();
        await service.StartAsync(new Dictionary<string, string?> { ["Recommendation:ModelsKept"] = "1" });
        await service.OrdersAsync(Orders.Bundle("tea", "honey"));
        var training = service.Services.GetRequiredService<TrainModel>();
        Assert.True(await training.RunAsync(Ct));
        Assert.True(await training.RunAsync(Ct));
        var named = await ModelAsync(service, 0);
        Assert.False(named.Serving);
        using var put = await service
            .Client(Scope.Write)
            .PutAsJsonAsync(Address("/placements/named"), new { model = named.Version }, Json.Options, Ct);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        for (var n = 0; n < 3; n++)
        {
            Assert.True(await training.RunAsync(Ct));
        }
        await service.RefreshAsync();

        Assert.Equal(named.Version, (await service.RecommendAsync("?placement=named&product=tea&limit=1")).ModelVersion);
    }

    [Fact]
    public async Task Without_an_earlier_model_there_is_nothing_to_go_back_to_and_an_unknown_one_is_not_promoted()
    {
        await using var service = new RunningService();
        await service.StartAsync(new Dictionary<string, string?>());

        using var back = await service.Client(Scope.Write).PostAsync(Address("/models/rollback"), null, Ct);
        using var unknown = await service.Client(Scope.Write).PostAsync(Address("/models/ease-77/promote"), null, Ct);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound), (back.StatusCode, unknown.StatusCode));
    }

    /// <summary>Thirty pairs, of each ten customers who bought the one and a day later the other: no ten best-sellers foretell that.</summary>
    private static OrderPlaced[] Twins() =>
        [
            .. Enumerable
                .Range(0, 300)
                .SelectMany(n =>
                {
                    var customer = Orders.NewCustomer();
                    return new[]
                    {
                        Orders.Order(customer, Orders.Day.AddDays(-2), $"left-{n % 30}"),
                        Orders.Order(customer, Orders.Day.AddDays(-1), $"right-{n % 30}"),
                        // Without it the pair would be known only from what is held out.
                        Orders.Order(Orders.NewCustomer(), Orders.Day.AddDays(-3), $"left-{n % 30}", $"right-{n % 30}"),
                    };
                }),
        ];

    /// <summary>The newest models first.</summary>
    private static async Task<ModelView> ModelAsync(RunningService service, int place) =>
        (await service.Client(Scope.Read).GetFromJsonAsync<Page<ModelView>>(Address("/models"), Json.Options, Ct))!.Items[place];

    private static async Task<SwitchedModel> SwitchAsync(RunningService service, string path)
    {
        using var response = await service.Client(Scope.Write).PostAsync(Address(path), null, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<SwitchedModel>(Json.Options, Ct))!;
    }

    private static Uri Address(string rest) => new(Routes.Recommendations + rest, UriKind.Relative);
}
