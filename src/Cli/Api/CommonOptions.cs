using System.CommandLine;

namespace MarketingPlatform.Cli.Api;

/// <summary>Options that every verb which talks to a running platform has.</summary>
internal static class CommonOptions
{
    public static Option<int> Port() =>
        Ranged("--port", "Port of the platform's public door on this machine.", standard: 8080, least: 1, most: 65_535);

    public static Option<string> Data() =>
        new("--data") { Description = "The platform's data directory, which holds keys.json.", DefaultValueFactory = _ => ".data" };

    public static Option<int> Ranged(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
                result.AddError($"{name} must be between {least} and {most}; {value} is not.");
        });
        return option;
    }
}
