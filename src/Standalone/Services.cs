using MarketingPlatform.AdOptimization;
using MarketingPlatform.Chatbot;
using MarketingPlatform.Console;
using MarketingPlatform.Customers;
using MarketingPlatform.Email;
using MarketingPlatform.Gateway;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Recommendation;
using MarketingPlatform.Segmentation;

namespace MarketingPlatform.Standalone;

/// <summary>All services of the platform, each with the name of its database.</summary>
public static class Services
{
    /// <summary>The Gateway first: it exchanges keys before anybody else looks at a request.</summary>
    public static IReadOnlyList<IServiceModule> All() =>
        [
            new GatewayModule(),
            new CustomersModule(),
            new SegmentationModule(),
            new RecommendationModule(),
            new EmailModule(),
            new AdOptimizationModule(),
            new ChatbotModule(),
            new ConsoleModule(),
        ];

    public static readonly IReadOnlyDictionary<string, string> Databases = new Dictionary<string, string>
    {
        ["gateway-db"] = "gateway",
        ["customers-db"] = "customers",
        ["segmentation-db"] = "segmentation",
        ["recommendation-db"] = "recommendation",
        ["email-db"] = "email",
        ["ads-db"] = "ads",
        ["chatbot-db"] = "chatbot",
        ["console-db"] = "console",
    };
}
