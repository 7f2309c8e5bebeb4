using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email;

internal static class Program
{
    public static Task Main(string[] args) => ServiceHost.RunAsync(args, new EmailModule());
}
