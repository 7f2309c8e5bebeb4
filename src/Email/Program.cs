namespace MarketingPlatform.Email;

internal static class Program
{
    public static Task Main(string[] args) => Task.CompletedTask;
}
