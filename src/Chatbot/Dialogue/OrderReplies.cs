using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// Answers about a person's own orders. A stranger is asked to sign in, whatever the message holds. An order of somebody else and one that
/// does not exist have the same answer, because only the person's own orders are looked at.
/// </summary>
internal static class OrderReplies
{
    private const string NotYours =
        "I cannot find an order with that number among yours. Please check the number, or ask for your last order.";
    private const string NoneYet = "I know of no order of yours yet. A new one may take a moment to reach me.";

    public static Reply Status(Turn turn)
    {
        if (turn.Visitor is not Visitor.Known { Orders: var orders })
        {
            return new Reply(
                "Please sign in first: I tell how an order stands only to the person who placed it.",
                Intents.OrderStatus,
                Needs: Need.SignIn
            );
        }
        var mention = OrderMention.Read(turn.Text, [.. orders.Select(o => o.OrderId)]);
        if (mention.NamesAnother)
        {
            return new Reply(NotYours, Intents.OrderStatus, Awaiting.OrderNumber, Need.OrderNumber);
        }
        if (orders.Count == 0)
        {
            return new Reply(NoneYet, Intents.OrderStatus);
        }
        var order = orders.FirstOrDefault(o => o.OrderId == mention.OrderId) ?? orders[0];
        // Nobody said which: the newest is meant most often, and the visitor hears how to ask for another.
        var guessed = mention.OrderId is null && !mention.Latest && orders.Count > 1;
        return new Reply(
            Describe(order, turn.Shop) + (guessed ? " This is your latest order; give me a number if you mean another." : ""),
            Intents.OrderStatus,
            guessed ? Awaiting.OrderNumber : Awaiting.Nothing,
            Order: order
        );
    }

    public static Reply Return(Turn turn)
    {
        var how = $"How to send something back is explained at {Phrases.Site(turn.Shop)}.";
        if (turn.Visitor is not Visitor.Known { Orders: var orders })
        {
            return new Reply(
                $"{how} Sign in, and I can also tell you what was refunded for your orders.",
                Intents.Returns,
                Needs: Need.SignIn
            );
        }
        var mention = OrderMention.Read(turn.Text, [.. orders.Select(o => o.OrderId)]);
        if (mention.NamesAnother)
        {
            return new Reply($"{NotYours} {how}", Intents.Returns, Awaiting.OrderNumber, Need.OrderNumber);
        }
        var order =
            orders.FirstOrDefault(o => o.OrderId == mention.OrderId)
            ?? (orders.Count == 1 || (mention.Latest && orders.Count > 0) ? orders[0] : null);
        if (order is not null)
        {
            return new Reply($"{Refunds(order, turn.Shop)} {how}", Intents.Returns, Order: order);
        }
        return orders.Count == 0
            ? new Reply($"{NoneYet} {how}", Intents.Returns)
            : new Reply(
                $"Which order is it about? Give me its number, and I tell you what was refunded. {how}",
                Intents.Returns,
                Awaiting.OrderNumber,
                Need.OrderNumber
            );
    }

    private static string Describe(KnownOrder order, ShopFacts shop) =>
        $"You placed order {order.OrderId} on {Phrases.Day(order.PlacedAt, shop)}{Phrases.Content(order.Lines)}; "
        + $"{Phrases.Money(order.Total, order.Currency)} in all. {Refunds(order, shop)}";

    private static string Refunds(KnownOrder order, ShopFacts shop) =>
        order.Status switch
        {
            OrderState.Placed => $"We have order {order.OrderId}; nothing was refunded for it.",
            OrderState.Refunded =>
                $"Order {order.OrderId} was refunded in full: {Phrases.Money(order.Refunded, order.Currency)}, last on {Phrases.Day(order.RefundedAt!.Value, shop)}.",
            _ =>
                $"For order {order.OrderId}, {Phrases.Money(order.Refunded, order.Currency)} of {Phrases.Money(order.Total, order.Currency)} went back, last on {Phrases.Day(order.RefundedAt!.Value, shop)}.",
        };
}
