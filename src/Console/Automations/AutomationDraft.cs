using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Automations;

/// <summary>The file of an automation as it stands in the form.</summary>
/// <param name="Seen">The version that its writer began with; 0: the automation is new.</param>
internal sealed record AutomationDraft(string Name, int Seen, string Yaml)
{
    /// <summary>What the platform takes.</summary>
    public const int MaxBytes = 256 * 1024;

    public bool IsNew => Seen == 0;

    public bool IsTooLong => Encoding.UTF8.GetByteCount(Yaml) > MaxBytes;

    /// <value>Of the automation in the API.</value>
    public string Path => $"{Routes.Automations}/{Uri.EscapeDataString(Name)}";

    /// <value>Where the form stands.</value>
    public string Address => Paths.AutomationEditor + PlatformApi.Query((IsNew ? "name" : "automation", Name));

    public static AutomationDraft Of(IFormCollection form) =>
        new(
            Field.Of(form, "name", 200),
            int.TryParse(Field.Of(form, "seen", 10), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0,
            // Not trimmed at its begin: errors name lines.
            form["yaml"]
                .ToString()
                .Replace("\0", "", StringComparison.Ordinal)
                .Replace("\r\n", "\n", StringComparison.Ordinal)
                .Replace('\r', '\n')
                .TrimEnd() + "\n"
        );

    /// <summary>A new automation that begins as a copy of another. It is off until somebody turns it on.</summary>
    public static AutomationDraft From(string name, string yaml)
    {
        var lines = yaml.Split('\n').Where(line => !line.StartsWith("enabled:", StringComparison.Ordinal)).ToList();
        var at = Math.Max(0, lines.FindIndex(line => line.StartsWith("name:", StringComparison.Ordinal)));
        lines[at] = $"name: {name}";
        lines.Insert(at + 1, "enabled: false");
        return new(name, 0, string.Join('\n', lines));
    }

    public HttpContent Content() => new StringContent(Yaml, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));

    /// <returns>What stands in a line, from 1.</returns>
    public string Line(int number) => Yaml.Split('\n').ElementAtOrDefault(number - 1)?.Trim() ?? "";
}
