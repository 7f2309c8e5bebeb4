using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Automations.Events;

/// <summary>Tells automations what customers do in the shop, and keeps who looked at what last.</summary>
internal sealed class BehaviourConsumer(InboxServices<EmailDatabase> inbox, AutomationIntake intake)
    : InboxConsumer<EmailDatabase, BehaviourBatch>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<BehaviourBatch>> messages, UnitOfWork work, CancellationToken ct)
    {
        var events = messages
            .SelectMany(m => m.Message.Events.Select(e => ToEvent(e, m.TraceParent)))
            .OfType<AutomationEvent>()
            .DistinctBy(e => e.Id)
            .ToArray();
        if (await intake.CaresAboutAsync(EventNames.PriceDropped, ct) || await intake.CaresAboutAsync(EventNames.BackInStock, ct))
            await KeepInterestsAsync(work, events, ct);
        await intake.HandleAsync(work, events, ct);
    }

    /// <returns>Null for what has no name, or claims to be what only the platform says (<see cref="EventNames.IsOfThePlatform"/>).</returns>
    internal static AutomationEvent? ToEvent(BehaviourEvent behaviour, string? traceParent)
    {
        if (behaviour.Name is not { Length: > 0 } name || EventNames.IsOfThePlatform(name))
            return null;
        var data = behaviour.Properties is { ValueKind: JsonValueKind.Object } given ? given : EventData.Empty;
        return new(
            behaviour.EventId,
            behaviour.CustomerId,
            name,
            behaviour.At,
            behaviour.ProductId is { } product ? EventData.WithProduct(data, product) : data,
            traceParent
        );
    }

    private static async Task KeepInterestsAsync(UnitOfWork work, AutomationEvent[] events, CancellationToken ct)
    {
        var seen = events
            .Where(e => e.Name == EventNames.ProductViewed)
            .SelectMany(e => EventData.Products(e.Data).Select(product => (e.CustomerId, Product: product, e.At)))
            .GroupBy(view => (view.CustomerId, view.Product))
            .Select(group => group.MaxBy(view => view.At))
            .ToArray();
        if (seen.Length == 0)
            return;
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        await work.ExecuteAsync(
            """
            insert into product_interests as i (customer_id, product_id, at)
            select v.* from unnest(@Customers::uuid[], @Products::text[], @Times::timestamptz[]) as v (customer_id, product_id, at)
            where not is_erased(v.customer_id)
            order by 1, 2
            on conflict (customer_id, product_id) do update set at = excluded.at where excluded.at > i.at
            """,
            new
            {
                Customers = seen.Select(view => view.CustomerId).ToArray(),
                Products = seen.Select(view => view.Product).ToArray(),
                Times = seen.Select(view => view.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }
}
