namespace MarketingPlatform.Segmentation.Rules;

/// <summary>What rules may ask about one customer, merged ones included.</summary>
/// <param name="Fields">Traits, RFM scores and predictions that are known, by the field's name.</param>
/// <param name="Instants">first_seen, last_seen and last_order, where known.</param>
/// <param name="Consents">Purposes that the latest word allows.</param>
/// <param name="BuiltIn">Keys of the built-in segments that the customer belongs to.</param>
/// <param name="Events">By name, oldest first; only those that some rule asks for.</param>
/// <param name="Orders">Oldest first.</param>
internal sealed record CustomerFacts(
    Guid Id,
    IReadOnlyDictionary<string, Literal> Fields,
    IReadOnlyDictionary<string, DateTimeOffset> Instants,
    IReadOnlySet<string> Consents,
    IReadOnlySet<string> BuiltIn,
    IReadOnlyDictionary<string, IReadOnlyList<EventFact>> Events,
    IReadOnlyList<OrderFact> Orders,
    IReadOnlyList<RefundFact> Refunds
)
{
    private IReadOnlyList<EventFact>? allEvents;

    /// <summary>What the customer did, of every name, oldest first.</summary>
    public IReadOnlyList<EventFact> AllEvents =>
        allEvents ??= [
            .. Events.Where(e => !Vocabulary.Passive.Contains(e.Key)).SelectMany(e => e.Value).OrderBy(e => e.At).ThenBy(e => e.Id),
        ];
}

internal sealed record EventFact(string? Channel, IReadOnlyDictionary<string, Literal>? Properties, DateTimeOffset At, Guid Id);

internal sealed record OrderFact(string Id, DateTimeOffset At, decimal Total, string Currency, IReadOnlyList<OrderLineFact> Lines);

internal readonly record struct OrderLineFact(string Product, string? Category, int Quantity, decimal UnitPrice);

internal readonly record struct RefundFact(DateTimeOffset At, decimal Amount, string Currency);
