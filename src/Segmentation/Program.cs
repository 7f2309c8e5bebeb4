using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Segmentation;

internal static class Program
{
    private static Task Main(string[] args) => ServiceHost.RunAsync(args, new SegmentationModule());
}
