using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Behaviour;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class GetRecommendationsTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task Orders_become_recommendations_with_the_reason_in_words()
    {
        var customer = Orders.NewCustomer();
        await service.OrdersAsync([
            .. Orders.Bundle("tea", "honey"),
            .. Orders.Bundle("nail", "hammer"),
            Orders.Order(customer, Orders.Day, "tea"),
        ]);
        await service.TrainAsync();

        var answer = await service.RecommendAsync($"?customer={customer}&limit=3");

        Assert.StartsWith("co-purchase-", answer.ModelVersion, StringComparison.Ordinal);
        Assert.Equal(3, answer.Items.Count);
        var first = answer.Items[0];
        Assert.Equal(("honey", "co-purchase", "Because you bought The tea"), (first.ProductId, first.Source, first.Reason));
        Assert.DoesNotContain(answer.Items, i => i.ProductId == "tea");
        Assert.All(answer.Items.Skip(1), i => Assert.Equal("popularity", i.Source));
    }

    [Fact]
    public async Task The_cart_votes_and_is_not_offered_again()
    {
        await service.OrdersAsync([.. Orders.Bundle("bread", "butter"), .. Orders.Bundle("bread", "butter", "jam")]);
        await service.TrainAsync();

        var answer = await service.RecommendAsync("?cart=bread&cart=jam&limit=1");

        Assert.Equal(("butter", "Goes well with The bread in your cart"), (answer.Items[0].ProductId, answer.Items[0].Reason));
    }

    [Fact]
    public async Task The_product_of_a_page_is_not_said_to_lie_in_the_cart()
    {
        await service.OrdersAsync(Orders.Bundle("page-bread", "page-butter"));
        await service.TrainAsync();

        var onPage = (await service.RecommendAsync("?product=page-bread&limit=1")).Items[0];
        var inBoth = (await service.RecommendAsync("?product=page-bread&cart=page-bread&limit=1")).Items[0];
        var cart = (await service.RecommendAsync("?placement=cart&product=page-bread&limit=1")).Items[0];

        Assert.Equal(("page-butter", "Goes well with The page-bread"), (onPage.ProductId, onPage.Reason));
        Assert.Equal("Goes well with The page-bread in your cart", inBoth.Reason);
        Assert.Equal("Goes well with The page-bread in your cart", cart.Reason);
    }

    [Theory]
    [InlineData("trending")]
    [InlineData("reorder")]
    public async Task A_placement_that_asks_no_model_names_none(string placement)
    {
        await service.OrdersAsync(Orders.Bundle("unasked-1", "unasked-2"));
        await service.TrainAsync();

        Assert.Null((await service.RecommendAsync($"?customer={Orders.NewCustomer()}&placement={placement}")).ModelVersion);
    }

    [Fact]
    public async Task Without_consent_to_profiling_only_best_sellers_and_the_cart_of_the_request_speak()
    {
        var customer = Orders.NewCustomer();
        await service.OrdersAsync([.. Orders.Bundle("pen", "ink"), Orders.Order(customer, Orders.Day, "pen")]);
        await service.TrainAsync();
        Assert.Equal("co-purchase", (await service.RecommendAsync($"?customer={customer}&limit=1")).Items[0].Source);

        await ConsentAsync(customer, granted: false, Orders.Day.AddDays(1));
        // Said earlier, heard later: it does not bring the profile back.
        await ConsentAsync(customer, granted: true, Orders.Day);

        Assert.All((await service.RecommendAsync($"?customer={customer}&limit=5")).Items, i => Assert.Equal("popularity", i.Source));
        Assert.Equal("co-purchase", (await service.RecommendAsync($"?customer={customer}&product=pen&limit=5")).Items[0].Source);

        await ConsentAsync(customer, granted: true, Orders.Day.AddDays(2));
        Assert.Equal("co-purchase", (await service.RecommendAsync($"?customer={customer}&limit=1")).Items[0].Source);
    }

    [Fact]
    public async Task A_merge_joins_histories_and_its_undoing_parts_them_again()
    {
        var (anonymous, known) = (Orders.NewCustomer(), Orders.NewCustomer());
        await service.OrdersAsync([.. Orders.Bundle("ski", "wax"), Orders.Order(anonymous, Orders.Day, "ski")]);
        await service.TrainAsync();
        Assert.DoesNotContain("ski", await ReasonsAsync(known), StringComparison.Ordinal);

        await service.ConsumeAsync<CustomersMergedConsumer, CustomersMerged>(new CustomersMerged(anonymous, known, Orders.Day));
        Assert.Contains("Because you bought The ski", await ReasonsAsync(known), StringComparison.Ordinal);
        Assert.Equal(await ReasonsAsync(known), await ReasonsAsync(anonymous));

        // A late event of the old id lands at the person.
        await service.OrdersAsync(Orders.Order(anonymous, Orders.Day.AddDays(1), "wax"));
        Assert.DoesNotContain((await service.RecommendAsync($"?customer={known}&limit=100")).Items, i => i.ProductId == "wax");

        await service.ConsumeAsync<CustomersUnmergedConsumer, CustomersUnmerged>(
            new CustomersUnmerged(anonymous, known, Orders.Day.AddDays(2))
        );
        Assert.DoesNotContain("ski", await ReasonsAsync(known), StringComparison.Ordinal);
        Assert.DoesNotContain((await service.RecommendAsync($"?customer={anonymous}&limit=100")).Items, i => i.ProductId is "wax" or "ski");
    }

    [Fact]
    public async Task A_product_that_was_sent_back_does_not_count_as_bought_even_when_the_refund_comes_first()
    {
        var customer = Orders.NewCustomer();
        var order = Orders.Order(customer, Orders.Day, "boots", "laces");
        await service.OrdersAsync(Orders.Bundle("boots", "polish"));
        await service.ConsumeAsync<OrderRefundedConsumer, OrderRefunded>(
            new OrderRefunded(customer, "refund-1", order.OrderId, [new CartLine("boots", null, 1, 10)], 10, "EUR", Orders.Day)
        );
        await service.OrdersAsync(order);

        var offered = (await service.RecommendAsync($"?customer={customer}&limit=100")).Items.Select(i => i.ProductId).ToArray();

        Assert.Contains("boots", offered);
        Assert.DoesNotContain("laces", offered);
    }

    [Fact]
    public async Task An_order_that_comes_twice_counts_once()
    {
        var order = Orders.Order(Orders.NewCustomer(), Orders.Day, "once");
        await service.OrdersAsync(order, order);
        await service.OrdersAsync(order with { Lines = [.. order.Lines, new CartLine("late", null, 1, 1)] });

        var lines = await service.Database.QueryAsync<string>(
            "select product_id || ' ' || quantity from order_items where order_id = @OrderId",
            new { order.OrderId },
            RunningService.Ct
        );
        Assert.Equal(["once 1"], lines);
    }

    [Fact]
    public async Task What_was_looked_at_votes_and_a_robot_leaves_little_behind()
    {
        var customer = Orders.NewCustomer();
        await service.OrdersAsync(Orders.Bundle("tent", "lantern"));
        await service.TrainAsync();
        await service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>(
            new BehaviourBatch([.. Enumerable.Range(0, 500).Select(n => View(customer, "walked-" + n, n))]),
            new BehaviourBatch([View(customer, "tent", 1_000), View(customer, "tent", 999)])
        );

        var first = (await service.RecommendAsync($"?customer={customer}&limit=1")).Items[0];

        Assert.Equal(("lantern", "Because you looked at The tent"), (first.ProductId, first.Reason));
        Assert.Equal(
            200,
            await service.Database.QuerySingleAsync<int>(
                "select count(*)::int from product_interest where customer_id = @customer",
                new { customer },
                RunningService.Ct
            )
        );
    }

    [Fact]
    public async Task Unknown_customers_and_products_get_best_sellers_in_stock()
    {
        await service.OrdersAsync(Orders.Bundle("sold-out"));
        await service.UpsertAsync(
            new("sold-out", "Sold out", InStock: false),
            new("fresh-1", "Fresh"),
            new("fresh-2", "Fresh"),
            new("fresh-3", "Fresh")
        );
        await service.TrainAsync();

        var answer = await service.RecommendAsync(
            $"?customer={Orders.NewCustomer()}&product=nobody%20knows%20%00&product=%F0%9F%8D%B5&limit=3"
        );

        Assert.Equal(3, answer.Items.Count);
        Assert.All(answer.Items, i => Assert.Equal("popularity", i.Source));
        Assert.DoesNotContain(answer.Items, i => i.ProductId == "sold-out");
    }

    [Theory]
    [InlineData("?customer=me", "customer")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=many&customer=1", "limit")]
    public async Task A_request_that_cannot_be_understood_is_told_which_field_is_wrong(string query, string field)
    {
        using var response = await service
            .Client(Scope.Read)
            .GetAsync(new Uri(Routes.Recommendations + query, UriKind.Relative), RunningService.Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<HttpValidationProblemDetails>(Json.Options, RunningService.Ct);
        Assert.Contains(field, problem!.Errors.Keys);
    }

    private Task ConsentAsync(Guid customer, bool granted, DateTimeOffset at) =>
        service.ConsumeAsync<ConsentChangedConsumer, ConsentChanged>(
            new ConsentChanged(customer, ConsentPurposes.Profiling, granted, "test", at)
        );

    private async Task<string> ReasonsAsync(Guid customer) =>
        string.Join("; ", (await service.RecommendAsync($"?customer={customer}&limit=5")).Items.Select(i => i.Reason));

    private static BehaviourEvent View(Guid customer, string product, int minute) =>
        new(Guid.CreateVersion7(Orders.Day), customer, "track", "Product Viewed", product, "web", null, Orders.Day.AddMinutes(minute));
}
