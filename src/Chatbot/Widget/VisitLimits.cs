using System.Threading.RateLimiting;
using MarketingPlatform.Platform.Http;
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
                                ClientAddress.Of(context) ?? "",
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
                                ClientAddress.Of(context) ?? "",
                                _ => new ConcurrencyLimiterOptions { PermitLimit = StreamsAtOnce }
                            )
                    );
                }
            );
}
