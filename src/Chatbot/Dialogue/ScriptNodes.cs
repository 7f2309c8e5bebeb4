using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace MarketingPlatform.Chatbot.Dialogue;

// The small readers: each takes a node and says at its line what it should be.
internal sealed partial class ScriptReader
{
    private const int MaxSentence = 1_000;

    private void Fault(YamlNode node, string message) => faults.Add(new(node.Start.Line, node.Start.Column, message));

    /// <param name="allowed">The names that may stand here; null for any.</param>
    private List<KeyValuePair<string, YamlNode>> Pairs(YamlNode node, IReadOnlyCollection<string>? allowed)
    {
        if (node is not YamlMappingNode map)
        {
            Fault(node, "Write 'name: value' lines here.");
            return [];
        }
        List<KeyValuePair<string, YamlNode>> pairs = [];
        foreach (var (key, value) in map.Children)
        {
            var name = Scalar(key);
            if (allowed is not null && !allowed.Contains(name))
                Fault(key, $"'{name}' is not known here. Known are: {string.Join(", ", allowed)}.");
            else
                pairs.Add(new(name, value));
        }
        return pairs;
    }

    private Dictionary<string, YamlNode> Map(YamlNode node, IReadOnlyCollection<string>? allowed) =>
        new(Pairs(node, allowed), StringComparer.Ordinal);

    private IEnumerable<YamlNode> Items(YamlNode node)
    {
        if (node is YamlSequenceNode list)
            return list.Children;
        Fault(node, "Write a list here.");
        return [];
    }

    private string Scalar(YamlNode node)
    {
        if (node is YamlScalarNode { Value: { } text })
            return text;
        Fault(node, "Write a text here.");
        return "";
    }

    private List<string> Texts(YamlNode node) =>
        [.. Items(node).Select(item => Scalar(item).Trim().ToLowerInvariant()).Where(text => text.Length > 0)];

    private bool Yes(YamlNode node)
    {
        var text = Scalar(node);
        if (text is not ("true" or "false"))
            Fault(node, "Write true or false.");
        return text == "true";
    }

    /// <param name="placeholders">What may stand in braces besides what may everywhere.</param>
    private string Sentence(YamlNode node, IReadOnlyCollection<string> placeholders)
    {
        var text = Scalar(node).Trim();
        if (text.Length is 0 or > MaxSentence)
            Fault(node, $"Write 1 to {MaxSentence} characters.");
        foreach (var name in PlaceholderPattern().Matches(text).Select(match => match.Groups[1].Value))
            if (!placeholders.Contains(name) && !Everywhere.Contains(name))
                Fault(
                    node,
                    $"{{{name}}} stands for nothing here. Known are: {string.Join(", ", Everywhere.Concat(placeholders).Select(p => $"{{{p}}}"))}."
                );
        return text;
    }

    private T OneOf<T>(YamlNode node)
        where T : struct, Enum
    {
        var text = Scalar(node);
        foreach (var value in Enum.GetValues<T>())
            if (Kebab(value.ToString()) == text)
                return value;
        Fault(node, $"Write one of {Names<T>()}.");
        return default;
    }

    private static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>().Select(Kebab));

    private static string Kebab(string name) => WordStart().Replace(name, "-$0").ToLowerInvariant();

    /// <summary>What a shop may leave out: taken from the dialogue that comes with the service in its language, else in English.</summary>
    private sealed class Defaults
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Defaults> Known = new(StringComparer.Ordinal);

        private readonly YamlMappingNode root;

        private Defaults(string language)
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(Script.StandardText(language)));
            root = (YamlMappingNode)stream.Documents[0].RootNode;
            Says = Section("says")
                .ToDictionary(
                    pair => ((YamlScalarNode)pair.Key).Value!,
                    pair => ((YamlScalarNode)pair.Value).Value!.Trim(),
                    StringComparer.Ordinal
                );
            Words = Section("words")
                .ToDictionary(
                    pair => ((YamlScalarNode)pair.Key).Value!,
                    IReadOnlyList<string> (pair) =>
                        [.. ((YamlSequenceNode)pair.Value).Children.Select(word => ((YamlScalarNode)word).Value!)],
                    StringComparer.Ordinal
                );
        }

        public Dictionary<string, string> Says { get; }

        public Dictionary<string, IReadOnlyList<string>> Words { get; }

        public static Defaults Of(string language) =>
            Known.GetOrAdd(Script.Languages.Contains(language) ? language : "en", known => new Defaults(known));

        public string[] PlaceholdersOf(string name) => [.. PlaceholderPattern().Matches(Says[name]).Select(match => match.Groups[1].Value)];

        private IEnumerable<KeyValuePair<YamlNode, YamlNode>> Section(string name) =>
            ((YamlMappingNode)root.Children[new YamlScalarNode(name)]).Children;
    }

    [GeneratedRegex(@"\{([a-z][a-z0-9_-]*)\}")]
    private static partial Regex PlaceholderPattern();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
