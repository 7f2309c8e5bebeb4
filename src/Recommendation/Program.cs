using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Recommendation;

internal static class Program
{
    public static Task Main(string[] args) => ServiceHost.RunAsync(args, new RecommendationModule());
}
