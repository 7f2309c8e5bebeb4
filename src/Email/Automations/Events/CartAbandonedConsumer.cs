using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Events;

/// <summary>Tells automations of a cart left behind.</summary>
internal sealed class CartAbandonedConsumer(
    InboxServices<EmailDatabase> inbox,
    AutomationIntake intake,
    IOptions<MessagingOptions> messaging,
    TimeProvider clock
) : InboxConsumer<EmailDatabase, CartAbandoned>(inbox)
{
    /// <summary>
    /// Both times count: a cart that was left long ago is old news even where it was noticed just now. So a cart timer longer than
    /// <paramref name="maxTriggerAge"/> needs a longer age.
    /// </summary>
    internal static bool Decide(CartAbandoned cart, TimeSpan maxTriggerAge, DateTimeOffset now) =>
        cart.Lines.Count > 0 && now - cart.At <= maxTriggerAge && now - cart.LastTouchedAt <= maxTriggerAge;

    /// <summary>It counts from the last touch: an order after that is an answer to this cart.</summary>
    internal static AutomationEvent ToEvent(Received<CartAbandoned> received)
    {
        var cart = received.Message;
        return new(
            received.MessageId,
            cart.CustomerId,
            EventNames.CartAbandoned,
            cart.LastTouchedAt < cart.At ? cart.LastTouchedAt : cart.At,
            Of(cart.CartId, cart.Lines, cart.Total, cart.Currency),
            received.TraceParent
        );
    }

    internal static JsonElement Of(string cartId, IReadOnlyList<CartLine> lines, decimal total, string currency) =>
        JsonSerializer.SerializeToElement(
            new Dictionary<string, object>
            {
                [EventData.Cart] = cartId,
                [EventData.Lines] = lines,
                ["total"] = total,
                ["currency"] = currency,
            },
            Json.Options
        );

    public override Task HandleAsync(IReadOnlyList<Received<CartAbandoned>> messages, UnitOfWork work, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return intake.HandleAsync(work, messages.Where(m => Decide(m.Message, messaging.Value.MaxTriggerAge, now)).Select(ToEvent), ct);
    }
}
