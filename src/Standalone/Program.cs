using MarketingPlatform.Standalone;

internal static class Program
{
    /// <summary>For an image or a service unit; people start it by <c>./marketing up</c>.</summary>
    internal static Task<int> Main() =>
        StandaloneHost.RunAsync(
            new StandaloneOptions
            {
                Port = int.TryParse(Environment.GetEnvironmentVariable("MARKETING_PORT"), out var port)
                    ? port
                    : StandaloneOptions.DefaultPort,
                DataFolder = Environment.GetEnvironmentVariable("MARKETING_DATA") ?? StandaloneOptions.DefaultDataFolder,
            },
            System.Console.Out
        );
}
