using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.HoldOuts;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Api;

[Collection(HostedEmail.Name)]
public sealed class MeasureEffectTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    [Fact]
    public async Task What_went_back_was_not_earned_whichever_came_first_the_order_or_its_refund()
    {
        await email.SavesAutomationAsync(
            """
            name: refunded
            trigger: {event: cart-abandoned, where: {data: cart_id, contains: refunded}}
            key: cart
            goal: {event: order, within: 7d}
            steps:
              - wait: 1d
            """
        );
        var (part, whole, unnamed) = (await email.KnowsAsync(), await email.KnowsAsync(), await email.KnowsAsync());
        foreach (var customer in new[] { part, whole, unnamed })
            await email.HearsAsync(RunningEmail.Cart(customer, $"refunded-{customer:N}"));
        var now = RunningEmail.Now.AddSeconds(1);

        await email.HearsAsync(new OrderRefunded(whole, "whole", $"order-{whole:N}", [], 80, "EUR", now.AddHours(1)));
        foreach (var customer in new[] { part, whole, unnamed })
            await email.HearsAsync(new OrderPlaced(customer, $"order-{customer:N}", [], 50, "EUR", null, now));
        await email.HearsAsync(new OrderRefunded(part, "part", $"order-{part:N}", [], 15, "EUR", now.AddHours(1)));
        // The shop did not say of which order: of the last one before it.
        await email.HearsAsync(new OrderPlaced(unnamed, $"later-{unnamed:N}", [], 100, "EUR", null, now.AddDays(3)));
        await email.HearsAsync(new OrderRefunded(unnamed, "unnamed", null, [], 20, "EUR", now.AddDays(1)));

        var effect = await email.GetAsync<HoldOutEffect>("/api/v1/automations/refunded/effect");

        // 35 of 50, 0 of 50, and 30 of 50 and all of 100, which reached the goal too.
        Assert.Equal(new(3, 3, 35 + 0 + 30 + 100), effect.Treated);
        Assert.Equal(165m, effect.Attributed);
    }
}
