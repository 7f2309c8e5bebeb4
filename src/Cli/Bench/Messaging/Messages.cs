using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary>A business fact of the size of a small order; travels one a message.</summary>
internal sealed record OrderNoted(
    Guid FactId,
    Guid CustomerId,
    string OrderId,
    IReadOnlyList<CartLine> Lines,
    decimal Total,
    string Currency,
    DateTimeOffset At
);

/// <summary>What <see cref="BehaviourBatch"/> is, to which real services listen: up to 500 events a message.</summary>
internal sealed record BehaviourNoted(IReadOnlyList<BehaviourEvent> Events);
