using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Models;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class TrainingTests
{
    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task Orders_from_the_bus_train_the_first_model_by_themselves_once_there_are_enough()
    {
        await using var service = new RunningService();
        await service.StartAsync(
            new Dictionary<string, string?>
            {
                ["Recommendation:MinimumOrders"] = "41",
                ["Recommendation:Quiet"] = "00:00:00",
                ["Recommendation:MaxWait"] = "00:00:00",
            }
        );
        var trained = service.Services.GetRequiredService<ServingModel>().Replaced;
        var bus = service.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Ct);
        var customer = Orders.NewCustomer();

        await bus.PublishBatch(
            [.. Orders.Bundle("cup", "saucer"), .. Orders.Bundle("fork", "knife"), Orders.Order(customer, Orders.Day, "cup")],
            Ct
        );
        await trained.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        var first = (await service.RecommendAsync($"?customer={customer}&limit=1")).Items[0];
        Assert.Equal(("saucer", "Because you bought The cup"), (first.ProductId, first.Reason));
    }

    [Fact]
    public async Task An_empty_catalogue_answers_an_empty_list_and_trains_nothing()
    {
        await using var service = new RunningService();
        await service.StartAsync(new Dictionary<string, string?>());

        Assert.True(await service.Services.GetRequiredService<TrainModel>().RunAsync(Ct));

        var answer = await service.RecommendAsync($"?customer={Orders.NewCustomer()}&product=x");
        Assert.Empty(answer.Items);
        Assert.Null(answer.ModelVersion);
    }

    [Fact]
    public async Task A_model_is_stored_with_its_figures_and_another_instance_serves_it()
    {
        await using var trainer = new RunningService();
        await trainer.StartAsync(new Dictionary<string, string?>());
        var regulars = Enumerable.Range(0, 40).Select(_ => Orders.NewCustomer()).ToArray();
        await trainer.OrdersAsync([.. Orders.Bundle("tea", "Ünï,\"🍵\" {x}"), .. Orders.Bundle("rope")]);
        await trainer.OrdersAsync([.. regulars.Select(c => Orders.Order(c, Orders.Day.AddDays(-3), "tea"))]);
        await trainer.OrdersAsync([.. regulars.Select(c => Orders.Order(c, Orders.Day.AddDays(-2), "Ünï,\"🍵\" {x}"))]);
        await trainer.TrainAsync();

        var models = await trainer
            .Client(Scope.Read)
            .GetFromJsonAsync<Page<ModelView>>(new Uri(Routes.Recommendations + "/models", UriKind.Relative), Json.Options, Ct);
        var model = Assert.Single(models!.Items);
        Assert.Equal((120, 80, 3, true), (model.Orders, model.Customers, model.Products, model.Serving));
        Assert.Equal(40, model.Metrics.GetProperty("heldOutOrders").GetInt32());
        Assert.Equal(1, model.Metrics.GetProperty("hitRate").GetDouble());
        Assert.Equal(5, model.Parameters.GetProperty("shrinkage").GetDouble());

        await using var other = new RunningService();
        await other.StartAsync(new Dictionary<string, string?>(), beside: trainer);
        var serving = other.Services.GetRequiredService<ServingModel>();
        await serving.RefreshAsync(Ct);
        Assert.Equal(model.Version, serving.Current?.Model.Version);
        Assert.Equal(
            trainer.Services.GetRequiredService<ServingModel>().Current!.Model.Recommender.Similar(0, 1),
            serving.Current!.Model.Recommender.Similar(0, 1)
        );
        Assert.Equal("Ünï,\"🍵\" {x}", (await other.RecommendAsync("?product=tea&limit=1")).Items[0].ProductId);
    }

    [Fact]
    public async Task The_same_data_again_promote_nothing_and_old_models_are_forgotten()
    {
        await using var service = new RunningService();
        await service.StartAsync(new Dictionary<string, string?> { ["Recommendation:ModelsKept"] = "2" });
        await service.OrdersAsync(Orders.Bundle("tea", "honey"));
        var training = service.Services.GetRequiredService<TrainModel>();
        for (var n = 0; n < 5; n++)
        {
            Assert.True(await training.RunAsync(Ct));
        }

        var stored = await service.Database.QueryAsync<string>("select version || ' ' || serving from models order by id", null, Ct);
        Assert.Equal(["co-purchase-1 true", "co-purchase-4 false", "co-purchase-5 false"], stored);
        Assert.Equal("co-purchase-1", service.Services.GetRequiredService<ServingModel>().Current!.Model.Version);
    }

    [Fact]
    public async Task Of_two_instances_one_trains()
    {
        await using var service = new RunningService();
        await service.StartAsync(new Dictionary<string, string?>());
        await service.OrdersAsync(Orders.Bundle("tea", "honey"));
        await using var elsewhere = await service.Database.BeginAsync(Ct);
        await elsewhere.ExecuteAsync("select pg_advisory_xact_lock(hashtext('recommendation.train_model'))", null, Ct);

        Assert.False(await service.Services.GetRequiredService<TrainModel>().RunAsync(Ct));
    }

    [Fact]
    public async Task Wrong_options_stop_the_service_and_name_the_option()
    {
        await using var service = new RunningService();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            service.StartAsync(new Dictionary<string, string?> { ["Recommendation:Neighbours"] = "0" }).AsTask()
        );

        Assert.Contains("Neighbours", error.Message, StringComparison.Ordinal);
    }
}
