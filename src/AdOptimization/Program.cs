using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.AdOptimization;

internal static class Program
{
    private static Task Main(string[] args) => ServiceHost.RunAsync(args, new AdOptimizationModule());
}
