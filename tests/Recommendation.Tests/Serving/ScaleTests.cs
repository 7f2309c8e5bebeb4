using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Serving;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

[Trait("Category", "Slow")]
public sealed class ScaleTests(RunningService service) : IClassFixture<RunningService>
{
    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task Half_a_million_order_lines_train_in_a_minute_and_an_answer_takes_milliseconds()
    {
        var clock = TimeProvider.System;
        await service.Database.ExecuteAsync(ShopSql, null, Ct);
        var started = clock.GetTimestamp();
        Assert.True(await service.Services.GetRequiredService<TrainModel>().RunAsync(Ct));
        var training = clock.GetElapsedTime(started);

        await service.RefreshAsync();
        var customers = await service.Database.QueryAsync<Guid>("select distinct customer_id from orders order by 1 limit 1000", null, Ct);
        var recommendations = service.Services.GetRequiredService<GetRecommendations>();
        var times = new List<double>();
        foreach (var customer in customers)
        {
            var asked = clock.GetTimestamp();
            var answer = await recommendations.AnswerAsync(customer, new Request("for-you", 4) { OnPage = ["product-1", "product-2"] }, Ct);
            times.Add(clock.GetElapsedTime(asked).TotalMilliseconds);
            Assert.Equal(4, answer.Items.Count);
            Assert.Equal("co-purchase", answer.Items[0].Source);
        }

        times.Sort();
        var memory = GC.GetTotalMemory(forceFullCollection: true) / 1024 / 1024;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"trained in {training.TotalSeconds:0.0} s; an answer takes {times[500]:0.0} ms (median), {times[990]:0.0} ms (99 %); {memory} MiB on the heap"
        );
        Assert.InRange(training.TotalSeconds, 0, 60);
        Assert.InRange(times[990], 0, 100);
    }

    // 20,000 products, 40,000 customers, 150,000 orders of 3 or 4 lines; numbers are squared towards the best-sellers, and a customer
    // has one or two
    // corners of the shop, so that there is something to learn.
    private const string ShopSql = """
        select setseed(0.5);
        insert into products (product_id, name, currency, in_stock, inferred, version, changed_at)
        select 'product-' || n, 'Product ' || n, 'EUR', n % 10 > 0, false, 1, '2026-10-01' from generate_series(0, 19999) n;
        insert into orders (order_id, customer_id, total, at)
        select 'scale-' || n, md5((n % 40000)::text)::uuid, 10, timestamptz '2026-10-01' - (n % 700) * interval '1 day'
        from generate_series(1, 150000) n;
        insert into order_items (order_id, product_id, quantity)
        select distinct 'scale-' || n,
            'product-' || (200 * (((n % 40000) * 7 + n / 40000 % 2) % 100) + floor(200 * power(random(), 2))::int),
            1
        from generate_series(1, 150000) n, generate_series(1, 3 + n % 2) line;
        analyze;
        """;
}
