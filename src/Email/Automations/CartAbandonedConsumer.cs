using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations;

/// <summary>
/// Reminds of a cart left behind: one mail a cart, however often the event comes. Whether it may be sent is decided when it is.
/// </summary>
internal sealed class CartAbandonedConsumer(
    InboxServices<EmailDatabase> inbox,
    MailQueue queue,
    IOptions<MessagingOptions> messaging,
    TimeProvider clock
) : InboxConsumer<EmailDatabase, CartAbandoned>(inbox)
{
    public const string Automation = "abandoned-cart";

    /// <summary>
    /// Both times count: a cart that was left long ago is old news even where it was noticed just now. So a cart timer longer than
    /// <paramref name="maxTriggerAge"/> needs a longer age.
    /// </summary>
    internal static bool Decide(CartAbandoned cart, TimeSpan maxTriggerAge, DateTimeOffset now) =>
        cart.Lines.Count > 0 && now - cart.At <= maxTriggerAge && now - cart.LastTouchedAt <= maxTriggerAge;

    public override async Task HandleAsync(IReadOnlyList<Received<CartAbandoned>> messages, UnitOfWork work, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        var mails = messages
            .Where(m => Decide(m.Message, messaging.Value.MaxTriggerAge, now))
            .Select(m => new NewMail(m.Message.CustomerId, Automation, m.Message.CartId, ContentOf(m.Message), m.TraceParent));
        await queue.AddAsync(work, [.. mails], ct);
    }

    private static string ContentOf(CartAbandoned cart) =>
        JsonSerializer.Serialize(new CartContent(cart.Lines, cart.Total, cart.Currency), Json.Options);
}
