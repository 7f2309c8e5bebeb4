using System.Globalization;
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
        return new Reply(Describe(order, turn) + hint, form.Intent, turn.State with { OrderId = order.OrderId }, Order: order);
    }

    public static string Refunds(KnownOrder order, Turn turn) =>
        order.Status switch
        {
            OrderState.Placed => turn.Says("order-untouched"),
            OrderState.Refunded => turn.Says(
                "order-refunded",
                ("order", order.OrderId),
                ("amount", Phrases.Money(order.Refunded, order.Currency, turn)),
                ("day", Phrases.Day(order.RefundedAt!.Value, turn))
            ),
            _ => turn.Says(
                "order-partly-refunded",
                ("order", order.OrderId),
                ("amount", Phrases.Money(order.Refunded, order.Currency, turn)),
                ("total", Phrases.Money(order.Total, order.Currency, turn)),
                ("day", Phrases.Day(order.RefundedAt!.Value, turn))
            ),
        };

    /// <summary>How the customer stands, by the orders that were not refunded in full.</summary>
    public static string Loyalty(Turn turn)
    {
        var orders = turn.Orders.Where(order => order.Status != OrderState.Refunded).ToArray();
        if (orders.Length == 0)
            return turn.Says("no-order");
        var spent = string.Join(
            " + ",
            orders.GroupBy(order => order.Currency).Select(of => Phrases.Money(of.Sum(order => order.Total - order.Refunded), of.Key, turn))
        );
        var placed = turn.Says(
            orders.Length == 1 ? "orders-one" : "orders-many",
            ("count", Number(orders.Length)),
            ("day", Phrases.Day(orders.Min(order => order.PlacedAt), turn)),
            ("spent", spent)
        );
        var standing = turn.Script.Loyalty.LastOrDefault(tier => tier.Orders <= orders.Length);
        var next = turn.Script.Loyalty.FirstOrDefault(tier => tier.Orders > orders.Length);
        return placed
            + (standing is null ? "" : " " + turn.Says("tier", ("tier", standing.Name)))
            + (next is null ? "" : " " + turn.Says("next-tier", ("count", Number(next.Orders - orders.Length)), ("tier", next.Name)));
    }

    private static string Describe(KnownOrder order, Turn turn) =>
        turn.Says(
            "order-placed",
            ("order", order.OrderId),
            ("day", Phrases.Day(order.PlacedAt, turn)),
            ("content", Phrases.Content(order.Lines, turn)),
            ("total", Phrases.Money(order.Total, order.Currency, turn))
        )
        + " "
        + Refunds(order, turn);

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
