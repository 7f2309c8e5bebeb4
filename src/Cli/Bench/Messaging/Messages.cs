using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary>A business fact of the size of a small order; travels one a message. Public, because MassTransit takes a type that is not for a temporary one and declares its exchange so.</summary>
public sealed record OrderNoted(
    Guid FactId,
    Guid CustomerId,
    string OrderId,
    IReadOnlyList<CartLine> Lines,
    decimal Total,
    string Currency,
    DateTimeOffset At
);

/// <summary>What <see cref="BehaviourBatch"/> is, to which real services listen: up to 500 events a message.</summary>
public sealed record BehaviourNoted(IReadOnlyList<BehaviourEvent> Events);
