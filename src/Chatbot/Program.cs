using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot;

internal static class Program
{
    public static Task Main(string[] args) => ServiceHost.RunAsync(args, new ChatbotModule());
}
