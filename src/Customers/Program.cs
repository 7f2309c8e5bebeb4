using MarketingPlatform.Customers;
using MarketingPlatform.Platform.Hosting;

internal static class Program
{
    internal static Task Main(string[] args) => ServiceHost.RunAsync(args, new CustomersModule());
}
