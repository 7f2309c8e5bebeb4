namespace MarketingPlatform.Contracts.Customers;

/// <summary>A service has erased a person. It names the request and not the person: whoever reads it learns nothing of whom.</summary>
/// <param name="RequestId">Of the <see cref="CustomerErased"/> that it answers.</param>
/// <param name="Service">The service's name ("email").</param>
/// <param name="Tables">What was deleted; tables without a row of the person are left out.</param>
public sealed record ErasureReceipt(Guid RequestId, string Service, IReadOnlyList<TableRows> Tables, DateTimeOffset At);

/// <summary>A person asked what is kept: every service answers with its rows.</summary>
/// <param name="Ids">Every id that is this person, <paramref name="CustomerId"/> among them.</param>
public sealed record CustomerExportRequested(Guid RequestId, Guid CustomerId, IReadOnlyList<Guid> Ids, DateTimeOffset At);

/// <summary>One part of what a service keeps of a person.</summary>
/// <param name="Part">From 1.</param>
/// <param name="Parts">How many there are; a service that keeps nothing answers with one part that is empty.</param>
public sealed record CustomerExported(Guid RequestId, string Service, int Part, int Parts, IReadOnlyList<TableContent> Tables);
