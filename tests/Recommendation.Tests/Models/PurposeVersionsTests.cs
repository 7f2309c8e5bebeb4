using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Behaviour;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Models.Purposes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

/// <summary>Models for one purpose are kept, judged and switched as the model of taste is.</summary>
public sealed class PurposeVersionsTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task A_worse_model_of_visits_is_kept_but_does_not_serve_a_person_may_promote_it_and_one_call_takes_that_back()
    {
        await using var service = await ShopWithTrailsAsync();
        await TrainAsync(service);
        var first = (await ModelsAsync(service, "session")).Single();
        Assert.True(first.Serving);

        // Visits of before, which go nowhere: what is learnt with them foretells less.
        var random = new Random(3);
        await service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>([
            .. Enumerable
                .Range(0, 900)
                .Select(n => Visit(Now.AddHours(-300 - n), [.. Enumerable.Range(0, 5).Select(_ => Look(random.Next(12), random.Next(5)))])),
        ]);
        await TrainAsync(service);
        var models = await ModelsAsync(service, "session");
        var worse = models[0];
        Assert.False(worse.Serving, worse.Verdict);
        Assert.Equal([worse.Version, first.Version], models.Select(model => model.Version));
        Assert.StartsWith("worse than the serving model: nDCG", worse.Verdict, StringComparison.Ordinal);
        Assert.True(Ndcg(worse) < Ndcg(first));
        Assert.Equal(first.Version, await ServesAsync(service));

        var promoted = await SwitchAsync(service, $"/models/{worse.Version}/promote");
        Assert.Equal((worse.Version, first.Version, "session"), (promoted.Version, promoted.Before, promoted.Purpose));
        Assert.Equal(worse.Version, await ServesAsync(service));

        var back = await SwitchAsync(service, "/models/rollback?purpose=session");
        Assert.Equal((first.Version, worse.Version), (back.Version, back.Before));
        Assert.Equal(first.Version, await ServesAsync(service));
        // Without data that are new there is nothing to learn.
        await service.Services.GetRequiredService<TrainPurposes>().RunAsync(Ct);
        Assert.Equal(2, (await ModelsAsync(service, "session")).Count);
    }

    [Fact]
    public async Task The_model_of_taste_is_switched_without_touching_those_for_one_purpose()
    {
        await using var service = await ShopWithTrailsAsync();
        await TrainAsync(service);
        await service.OrdersAsync(Orders.Bundle("tea", "honey"));
        await service.TrainAsync();
        await service.OrdersAsync(Orders.Order(Orders.NewCustomer(), Orders.Day.AddDays(1), "tea", "honey"));
        await service.TrainAsync();
        var session = await ServesAsync(service);

        var back = await SwitchAsync(service, "/models/rollback");

        Assert.Equal(("co-purchase", Purpose.Taste), (back.Version[.."co-purchase".Length], back.Purpose));
        Assert.Equal(session, await ServesAsync(service));
        var serving = (await ModelsAsync(service, "")).Where(model => model.Serving).Select(model => (model.Purpose, model.Version));
        Assert.Equal([("session", session), ("taste", back.Version)], serving.Order());
        // One model of visits ever served; and a purpose has to be one.
        using var none = await service.Client(Scope.Write).PostAsync(Address("/models/rollback?purpose=session"), null, Ct);
        using var unknown = await service.Client(Scope.Write).PostAsync(Address("/models/rollback?purpose=mood"), null, Ct);
        using var listed = await service.Client(Scope.Read).GetAsync(Address("/models?purpose=mood"), Ct);
        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest),
            (none.StatusCode, unknown.StatusCode, listed.StatusCode)
        );
        Assert.Contains("taste, next-basket, session", await unknown.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_was_erased_is_gone_from_the_next_model_soon_and_from_kept_ones_after_a_week()
    {
        await using var service = await ShopWithTrailsAsync();
        var erased = Guid.CreateVersion7();
        await service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>(
            Visit(Now.AddMinutes(-90), [Look(0, 0), Look(0, 1), Look(0, 2)], erased)
        );
        await TrainAsync(service);
        Assert.Equal(241, (await ModelsAsync(service, "session"))[0].Visits);

        await service.ConsumeAsync<CustomerErasedConsumer, CustomerErased>(new CustomerErased(erased, Now));
        await TrainAsync(service);
        var models = await ModelsAsync(service, "session");
        Assert.Equal([(240, true), (241, false)], models.Select(model => (model.Visits, model.Serving)));

        await service.ConsumeAsync<CustomerErasedConsumer, CustomerErased>(new CustomerErased(Guid.CreateVersion7(), Now));
        await service.Database.ExecuteAsync("update models set trained_at = trained_at - interval '8 days'", null, Ct);
        await TrainAsync(service);
        Assert.DoesNotContain(await ModelsAsync(service, "session"), model => model.Visits == 241);
    }

    /// <summary>Twelve corners of a shop: a visit stays in one, wherever it begins.</summary>
    private static async Task<RunningService> ShopWithTrailsAsync()
    {
        var service = new RunningService();
        await service.StartAsync(new Dictionary<string, string?> { ["Recommendation:MinimumInterval"] = "00:00:00" });
        await service.UpsertAsync([.. Enumerable.Range(0, 60).Select(n => new ProductUpsert(Look(n % 12, n / 12), $"Look {n}"))]);
        await service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>([
            .. Enumerable
                .Range(0, 240)
                .Select(n => Visit(Now.AddHours(-1 - n), [.. Enumerable.Range(0, 5).Select(i => Look(n % 12, (i + (n / 12)) % 5))])),
        ]);
        return service;
    }

    private static string Look(int corner, int step) => $"l-{corner}-{step}";

    private static BehaviourBatch Visit(DateTimeOffset last, string[] products, Guid? visitor = null)
    {
        var who = visitor ?? Guid.CreateVersion7();
        return new([
            .. products.Select(
                (product, n) =>
                    new BehaviourEvent(
                        Guid.CreateVersion7(),
                        who,
                        "track",
                        "Product Viewed",
                        product,
                        "web",
                        null,
                        last.AddMinutes(n - products.Length)
                    )
            ),
        ]);
    }

    private static Task TrainAsync(RunningService service) => service.Services.GetRequiredService<TrainPurposes>().RunAsync(Ct);

    private static async Task<string> ServesAsync(RunningService service) =>
        (await service.RecommendAsync($"?product={Look(4, 0)}&placement=session&limit=3")).ModelVersion!;

    private static double Ndcg(ModelView model) => model.Metrics.GetProperty("ndcg").GetDouble();

    /// <summary>The newest models first.</summary>
    private static async Task<IReadOnlyList<ModelView>> ModelsAsync(RunningService service, string purpose) =>
        (
            await service.Client(Scope.Read).GetFromJsonAsync<Page<ModelView>>(Address("/models?purpose=" + purpose), Json.Options, Ct)
        )!.Items;

    private static async Task<SwitchedModel> SwitchAsync(RunningService service, string path)
    {
        using var response = await service.Client(Scope.Write).PostAsync(Address(path), null, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<SwitchedModel>(Json.Options, Ct))!;
    }

    private static Uri Address(string rest) => new(Routes.Recommendations + rest, UriKind.Relative);
}
