using MarketingPlatform.Email.Automations.Definition;

namespace MarketingPlatform.Email.Automations;

/// <summary>The automations that come with the platform, as YAML: a shop takes one over by saving its own under the name.</summary>
internal static class ReadyMade
{
    private const string Root = "Automations/";

    public static readonly IReadOnlyDictionary<string, string> All = Load();

    public static Automation Parse(string name) =>
        AutomationParser.Parse(All[name]) is { Automation: { } automation }
            ? automation
            : throw new InvalidOperationException(
                $"The ready-made automation {name} is wrong: {string.Join("; ", AutomationParser.Parse(All[name]).Problems)}"
            );

    private static SortedDictionary<string, string> Load()
    {
        var assembly = typeof(ReadyMade).Assembly;
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Root, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            all[Path.GetFileNameWithoutExtension(resource[Root.Length..])] = reader.ReadToEnd();
        }
        return all;
    }
}
