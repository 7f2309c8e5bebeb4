using MarketingPlatform.Chatbot.Orders;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// Sentences about a person's own orders. There is no other way to an order than through the person's own, so one of somebody else and one
/// that does not exist have the same answer.
/// </summary>
internal static class OrderReplies
{
    /// <param name="guessed">Nobody said which: the newest is meant most often, and the visitor hears how to ask for another.</param>
    public static Reply Status(Turn turn, FormState form, bool guessed)
    {
        var order = turn.Orders.First(o => o.OrderId == form.Slots["order"].Value);
        var hint = guessed && turn.Orders.Count > 1 ? " " + turn.Says("latest") : "";
        return new Reply(Describe(order, turn.Shop) + hint, form.Intent, turn.State with { OrderId = order.OrderId }, Order: order);
    }

    public static string Refunds(KnownOrder order, ShopFacts shop) =>
        order.Status switch
        {
            OrderState.Placed => $"We have order {order.OrderId}; nothing was refunded for it.",
            OrderState.Refunded =>
                $"Order {order.OrderId} was refunded in full: {Phrases.Money(order.Refunded, order.Currency)}, last on {Phrases.Day(order.RefundedAt!.Value, shop)}.",
            _ =>
                $"For order {order.OrderId}, {Phrases.Money(order.Refunded, order.Currency)} of {Phrases.Money(order.Total, order.Currency)} went back, last on {Phrases.Day(order.RefundedAt!.Value, shop)}.",
        };

    /// <summary>How the customer stands, by the orders that were not refunded in full.</summary>
    public static string Loyalty(Turn turn)
    {
        var orders = turn.Orders.Where(order => order.Status != OrderState.Refunded).ToArray();
        if (orders.Length == 0)
            return turn.Says("no-order");
        var count = orders.Length == 1 ? "one order" : $"{orders.Length} orders";
        var since = Phrases.Day(orders.Min(order => order.PlacedAt), turn.Shop);
        var spent = string.Join(
            " and ",
            orders.GroupBy(order => order.Currency).Select(of => Phrases.Money(of.Sum(order => order.Total - order.Refunded), of.Key))
        );
        var standing = turn.Script.Loyalty.LastOrDefault(tier => tier.Orders <= orders.Length);
        var next = turn.Script.Loyalty.FirstOrDefault(tier => tier.Orders > orders.Length);
        return $"You have placed {count} with us since {since}, {spent} in all."
            + (standing is null ? "" : $" You stand at {standing.Name}.")
            + (next is null ? "" : $" With {next.Orders - orders.Length} more you reach {next.Name}.");
    }

    private static string Describe(KnownOrder order, ShopFacts shop) =>
        $"You placed order {order.OrderId} on {Phrases.Day(order.PlacedAt, shop)}{Phrases.Content(order.Lines)}; "
        + $"{Phrases.Money(order.Total, order.Currency)} in all. {Refunds(order, shop)}";
}
