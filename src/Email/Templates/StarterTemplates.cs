using System.Text.Json;

namespace MarketingPlatform.Email.Templates;

/// <summary>The templates that come with the platform: a folder for each, with <c>html.liquid</c> and <c>words.json</c>.</summary>
internal static class StarterTemplates
{
    private const string Root = "Templates/";

    /// <summary>Mails about a customer's own doings: no marketing, so their layout offers no way to leave it.</summary>
    private static readonly string[] Transactional = ["receipt", "double-opt-in"];

    public static readonly IReadOnlyDictionary<string, TemplateContent> All = Load();

    private static Dictionary<string, TemplateContent> Load()
    {
        var files = new Dictionary<string, string>();
        var assembly = typeof(StarterTemplates).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Root, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            files[resource[Root.Length..].Replace('\\', '/')] = reader.ReadToEnd();
        }
        var templates = new Dictionary<string, TemplateContent>();
        foreach (var (path, html) in files)
        {
            if (path.Split('/') is not [var folder, var name, "html.liquid"])
                continue;
            var kind = folder switch
            {
                "Layouts" => TemplateKind.Layout,
                "Blocks" => TemplateKind.Block,
                _ => TemplateKind.Mail,
            };
            var words = files.TryGetValue($"{folder}/{name}/words.json", out var json)
                ? JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(json)
                : null;
            templates[name] = new TemplateContent(
                kind,
                html,
                Layout: kind != TemplateKind.Mail ? null
                    : Transactional.Contains(name) ? "transactional"
                    : "default",
                Words: words?.ToDictionary(locale => locale.Key, locale => (IReadOnlyDictionary<string, string>)locale.Value),
                Track: !Transactional.Contains(name)
            );
        }
        return templates;
    }
}
