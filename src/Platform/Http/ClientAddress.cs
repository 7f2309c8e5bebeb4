using System.Net;
using Microsoft.AspNetCore.Http;

namespace MarketingPlatform.Platform.Http;

/// <summary>Where a request comes from, also when the Gateway or a proxy of our own network passed it on.</summary>
public static class ClientAddress
{
    /// <returns>What a proxy of our own network says it is, else where the connection comes from; null where there is no connection.</returns>
    public static string? Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var peer = context.Connection.RemoteIpAddress;
        // Each proxy appends whom it heard: only the last entry was written by one that we believe.
        var forwarded = context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        return peer is not null && IsOurs(peer) && IPAddress.TryParse(forwarded, out var said) ? said.ToString() : peer?.ToString();
    }

    private static bool IsOurs(IPAddress address)
    {
        if (IPAddress.IsLoopback(address) || address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal)
            return true;
        var v4 = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return v4.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..];
    }
}
