using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Behaviour;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Models.Purposes;
using MarketingPlatform.Recommendation.Serving;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class PurposeModelsTests(RunningService service) : IClassFixture<RunningService>
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task The_next_basket_holds_what_somebody_buys_again_and_says_so()
    {
        // Everybody has a staple that is in each order, and something else each time.
        await service.OrdersAsync([
            .. Enumerable
                .Range(0, 90)
                .SelectMany(n =>
                {
                    var customer = Orders.NewCustomer();
                    return Enumerable
                        .Range(0, 4)
                        .Select(week =>
                            Orders.Order(customer, Orders.Day.AddDays(-7 * week), $"staple-{n % 15}", $"once-{(n + (7 * week)) % 40}")
                        );
                }),
        ]);
        var ada = Orders.NewCustomer();
        await service.OrdersAsync([
            Orders.Order(ada, Orders.Day.AddDays(-14), "staple-3", "once-1"),
            Orders.Order(ada, Orders.Day.AddDays(-7), "staple-3", "once-2"),
            Orders.Order(ada, Orders.Day.AddDays(-1), "staple-3", "once-5"),
        ]);
        await service.Services.GetRequiredService<TrainPurposes>().RunAsync(Ct);

        var answer = await service.RecommendAsync($"?customer={ada}&placement=next-basket&limit=5");

        Assert.StartsWith("next-basket-", answer.ModelVersion, StringComparison.Ordinal);
        Assert.Equal(("staple-3", "You bought this before"), (answer.Items[0].ProductId, answer.Items[0].Reason));
        Assert.Equal("staple-3", answer.Items[0].Because![0].ProductId);
        var told = await ListedAsync("next-basket");
        Assert.Equal(
            (answer.ModelVersion, true, "the first model, not below personal frequency"),
            (told.Version, told.Serving, told.Verdict)
        );
        Assert.Equal((91, 0, 55), (told.Customers, told.Visits, told.Products));
        Assert.True(told.Metrics.GetProperty("ndcg").GetDouble() >= told.Metrics.GetProperty("yardstickNdcg").GetDouble());

        await RefuseAsync(ada);
        answer = await service.RecommendAsync($"?customer={ada}&placement=next-basket&limit=5");
        Assert.All(answer.Items, item => Assert.Equal("popularity", item.Source));
    }

    [Fact]
    public async Task A_visitor_nobody_knows_is_shown_what_such_visits_went_on_to()
    {
        await service.UpsertAsync([
            .. Enumerable
                .Range(0, 60)
                .Select(n => new MarketingPlatform.Contracts.Recommendation.ProductUpsert(Look(n % 12, n / 12), $"Look {n}")),
        ]);
        await service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>([
            .. Enumerable
                .Range(0, 240)
                .Select(n => Views(Guid.CreateVersion7(), Now.AddHours(-n), [.. Enumerable.Range(0, 5).Select(i => Look(n % 12, i))])),
        ]);
        await service.Services.GetRequiredService<TrainPurposes>().RunAsync(Ct);
        var visitor = Guid.CreateVersion7();
        await service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>(
            // Of another day: a visit of its own.
            Views(visitor, Now.AddDays(-2), Look(9, 0), Look(9, 1)),
            Views(visitor, Now.AddMinutes(-5), Look(4, 0), Look(4, 1))
        );

        var answer = await service.RecommendAsync($"?visitor={visitor}&placement=session&limit=3");

        Assert.StartsWith("session-", answer.ModelVersion, StringComparison.Ordinal);
        Assert.Equal([Look(4, 2), Look(4, 3), Look(4, 4)], answer.Items.Select(item => item.ProductId).Order());
        Assert.All(answer.Items, item => Assert.StartsWith("Because you looked at Look", item.Reason, StringComparison.Ordinal));
        var told = await ListedAsync("session");
        Assert.Equal((answer.ModelVersion, 0, 240), (told.Version, told.Customers, told.Visits));
        // The page tells of a visit too, of somebody who sends no id at all.
        Assert.StartsWith("l-7-", (await service.RecommendAsync($"?product={Look(7, 1)}&placement=session&limit=1")).Items[0].ProductId);

        await RefuseAsync(visitor);
        answer = await service.RecommendAsync($"?visitor={visitor}&placement=session&limit=3");
        Assert.All(answer.Items, item => Assert.Equal("popularity", item.Source));
    }

    [Fact]
    public void A_visit_ends_with_half_an_hour_of_pause_and_the_page_is_its_last_look()
    {
        var history = new CustomerHistory(
            [],
            [new("c", false, Now.AddMinutes(-1)), new("b", true, Now.AddMinutes(-25)), new("a", false, Now.AddMinutes(-60))]
        );

        Assert.Equal(["b", "c", "page"], Asked.Visit(history, ["page"], Now).Select(seed => seed.ProductId));
        Assert.Equal(["b", "c"], Asked.Visit(history, ["c"], Now).Select(seed => seed.ProductId));
        Assert.Empty(Asked.Visit(CustomerHistory.Empty, [], Now));
    }

    [Fact]
    public void It_trains_again_for_a_fifth_more_after_a_day_or_soon_after_an_erasure()
    {
        var known = new TrainPurposes.Known(Now, 100, 7);

        Assert.False(IsDue(null, 3, 0, Now));
        Assert.True(IsDue(null, 30, 0, Now));
        Assert.False(IsDue(known, 119, 7, Now));
        Assert.True(IsDue(known, 120, 7, Now));
        Assert.True(IsDue(known, 100, 7, Now.AddDays(1)));
        Assert.False(IsDue(known, 100, 8, Now.AddMinutes(9)));
        Assert.True(IsDue(known, 100, 8, Now.AddMinutes(10)));
        Assert.False(IsDue(known, 100, 7, Now.AddMinutes(10)));

        static bool IsDue(TrainPurposes.Known? known, long count, long erasures, DateTimeOffset now) =>
            TrainPurposes.IsDue(known, count, erasures, now, TimeSpan.FromMinutes(10));
    }

    private static string Look(int corner, int step) => $"l-{corner}-{step}";

    private static BehaviourBatch Views(Guid visitor, DateTimeOffset last, params string[] products) =>
        new([
            .. products.Select(
                (product, n) =>
                    new BehaviourEvent(
                        Guid.CreateVersion7(),
                        visitor,
                        "track",
                        "Product Viewed",
                        product,
                        "web",
                        null,
                        last.AddMinutes(n - products.Length)
                    )
            ),
        ]);

    private Task RefuseAsync(Guid customer) =>
        service.ConsumeAsync<ConsentChangedConsumer, ConsentChanged>(
            new ConsentChanged(customer, ConsentPurposes.Profiling, false, "test", TimeProvider.System.GetUtcNow())
        );

    private async Task<ModelView> ListedAsync(string purpose) =>
        (
            await service
                .Client(Scope.Read)
                .GetFromJsonAsync<Page<ModelView>>(
                    new Uri(Routes.Recommendations + "/models?purpose=" + purpose, UriKind.Relative),
                    Json.Options,
                    Ct
                )
        )!.Items.Single(model => model.Serving && model.Purpose == purpose);
}
