using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Api;

/// <summary>Options that every verb which talks to a running platform has.</summary>
internal static class CommonOptions
{
    public static Option<int> Port() =>
        VerbOptions.Ranged("--port", "Port of the platform's public door on this machine.", standard: 8080, least: 1, most: 65_535);

    public static Option<string> Data() =>
        new("--data") { Description = "The platform's data directory, which holds keys.json.", DefaultValueFactory = _ => ".data" };
}
