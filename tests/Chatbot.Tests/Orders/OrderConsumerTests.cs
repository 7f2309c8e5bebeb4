using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Contracts.Customers;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Orders;

public sealed class OrderConsumerTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    [Fact]
    public async Task An_order_sent_twice_and_a_refund_that_came_first_end_in_the_same_state()
    {
        var customer = RunningChatbot.NewCustomer();
        var order = RunningChatbot.Order(customer, "TWICE-1", RunningChatbot.Day, "cup", "pot");
        var refund = new OrderRefunded(customer, "TWICE-R", "TWICE-1", [], 5, "EUR", RunningChatbot.Day);
        await bot.ConsumeAsync<OrderRefundedConsumer, OrderRefunded>(refund, refund);
        await bot.OrdersAsync(order, order);
        await bot.OrdersAsync(order);
        await bot.ConsumeAsync<OrderRefundedConsumer, OrderRefunded>(refund);

        var told = (await bot.SaysAsync("where is my order TWICE-1", customer)).Order!;

        Assert.Equal((2, 5m, OrderState.PartlyRefunded), (told.Lines.Count, told.Refunded, told.Status));
    }

    [Fact]
    public async Task An_order_that_travels_over_the_bus_is_told()
    {
        var customer = RunningChatbot.NewCustomer();
        var order = RunningChatbot.Order(customer, "BUS-1", RunningChatbot.Day, "cup");

        await bot.Services.GetRequiredService<IBus>().Publish(order, RunningChatbot.Ct);

        var answer = await bot.SaysAsync("where is my last order", customer);
        while (answer.Order is null)
        {
            answer = await bot.SaysAsync("where is my last order", customer, answer.ConversationId);
        }
        Assert.Equal("BUS-1", answer.Order.OrderId);
    }
}
