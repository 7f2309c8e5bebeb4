using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Console;

internal static class Program
{
    public static Task Main(string[] args) => ServiceHost.RunAsync(args, new ConsoleModule());
}
