using System.Text.Json;

namespace MarketingPlatform.Customers.Collect;

/// <summary>One understood call of the collect API.</summary>
/// <param name="Kind">identify, track, page, screen, group or alias.</param>
/// <param name="Name">The event's name (track), the page's (page, screen), the group's id (group), the previous id (alias).</param>
/// <param name="PreviousId">Only for alias.</param>
/// <param name="Data">Properties, or traits for identify and group.</param>
/// <param name="TraceParent">Of the request that brought it.</param>
/// <param name="Vouched">See <see cref="Sender"/>.</param>
/// <param name="Ip">See <see cref="Sender"/>.</param>
internal sealed record Call(
    string Kind,
    string MessageId,
    string? UserId,
    string? AnonymousId,
    string? PreviousId,
    string? Name,
    JsonElement? Data,
    JsonElement? Context,
    DateTimeOffset At,
    string? TraceParent,
    bool Vouched = false,
    string? Ip = null
);

/// <summary>Who brought a call.</summary>
/// <param name="Vouched">
/// A system of the shop, by a key that may write: what it says was confirmed is believed. A collect key stands in web pages, so anybody may
/// have sent what comes with one.
/// </param>
/// <param name="Ip">Of a browser; null for programs, which send from the shop's own address.</param>
internal sealed record Sender(string? TraceParent, bool Vouched = false, string? Ip = null);

/// <summary>A call that cannot be used, kept with the reason.</summary>
/// <param name="Index">Place in its batch, from 0.</param>
/// <param name="Reason">A stable slug.</param>
internal sealed record RejectedCall(int Index, string? MessageId, string Reason, string Detail, string Body);
