using System.Text.Json;

namespace MarketingPlatform.Contracts.Email;

/// <summary>An automation decided something about a customer that others may want to know: loyal, asked for a call back.</summary>
/// <param name="Trait">The trait's name.</param>
/// <param name="Value">A text, a number, true or false.</param>
/// <param name="Automation">Which one.</param>
public sealed record TraitDecided(Guid CustomerId, string Trait, JsonElement Value, string Automation, DateTimeOffset At);

/// <summary>
/// An automation wants a customer in an audience for ads, or out of it. The reader keeps the latest by <paramref name="At"/> for each
/// customer and audience; whether ads may be shown is still the customer's own word.
/// </summary>
/// <param name="Audience">The audience's key.</param>
/// <param name="Adds">False: out of it.</param>
public sealed record AudienceMembershipDecided(Guid CustomerId, string Audience, bool Adds, string Automation, DateTimeOffset At);

/// <summary>An automation asks that a person take over with this customer, at the next occasion in the chat.</summary>
/// <param name="RequestId">The same request never has two.</param>
/// <param name="Reason">For the agent who takes it.</param>
public sealed record ChatHandoffRequested(Guid RequestId, Guid CustomerId, string Reason, string Automation, DateTimeOffset At);
