using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Widget;

/// <summary>
/// What one network address may do at the chat's door, besides the limit of each conversation. Per instance: the exact limit, which all instances
/// share, is that of the conversation.
/// </summary>
internal static class VisitLimits
{
    public const string Visits = "chatbot-visits";
    public const string Streams = "chatbot-streams";

    /// <summary>Pages that wait for a person at once from one address: an office shares one.</summary>
    private const int StreamsAtOnce = 50;

    public static void AddVisitLimits(this IServiceCollection services) =>
        services
            .AddOptions<RateLimiterOptions>()
            .Configure<IOptions<ChatbotOptions>>(
                (limiter, options) =>
                {
                    limiter.AddPolicy(
                        Visits,
                        context =>
                            RateLimitPartition.GetFixedWindowLimiter(
                                AddressOf(context),
                                _ => new FixedWindowRateLimiterOptions
                                {
                                    Window = TimeSpan.FromMinutes(1),
                                    PermitLimit = options.Value.VisitsPerMinute,
                                }
                            )
                    );
                    limiter.AddPolicy(
                        Streams,
                        context =>
                            RateLimitPartition.GetConcurrencyLimiter(
                                AddressOf(context),
                                _ => new ConcurrencyLimiterOptions { PermitLimit = StreamsAtOnce }
                            )
                    );
                }
            );

    /// <summary>The visitor's address: what a proxy of our own network says it is, else where the connection comes from.</summary>
    internal static string AddressOf(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        var forwarded = context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        return peer is not null && IsOurs(peer) && IPAddress.TryParse(forwarded, out var said) ? said.ToString() : peer?.ToString() ?? "";
    }

    private static bool IsOurs(IPAddress address)
    {
        if (IPAddress.IsLoopback(address) || address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal)
            return true;
        var v4 = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return v4.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..];
    }
}
