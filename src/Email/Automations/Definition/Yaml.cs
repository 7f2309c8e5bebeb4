using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>Something in the file is wrong.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Key">Where in the file: <c>steps[2].wait</c>.</param>
internal sealed record YamlProblem(long Line, string Key, string Message)
{
    public override string ToString() => $"line {Line}, {Key}: {Message}";
}

/// <summary>What of the shop a file may name.</summary>
internal enum Named
{
    Segment,
    Event,
    Trait,
    Template,

    /// <summary>A trait that a step gives.</summary>
    GivenTrait,

    /// <summary>An audience that customers are added to: naming it makes it.</summary>
    Audience,

    /// <summary>An audience that customers are taken out of.</summary>
    LeftAudience,
}

/// <summary>A name of something that lies outside the file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Key">Where in the file.</param>
internal sealed record Mention(Named What, string Name, long Line, string Key);

/// <summary>Reads mappings and remembers what was wrong, with line and key, instead of stopping at the first mistake.</summary>
internal sealed class YamlReading(List<YamlProblem> problems)
{
    // Far beyond what anybody writes; without them a small file could take all of the stack, or, by aliases of aliases, all time.
    private const int MaxDepth = 200;
    private const int MaxMaps = 5_000;
    private readonly List<Mention> mentions = [];
    private int maps;

    public IReadOnlyList<Mention> Mentions => mentions;

    public IReadOnlyList<YamlProblem> Problems => problems;

    /// <returns>Null where the text is no YAML mapping.</returns>
    public YamlMap? Open(string text)
    {
        try
        {
            if (TooDeep(text) is { } line)
            {
                problems.Add(new(line, "file", $"Keys and lists lie in each other more than {MaxDepth} deep; make it flatter."));
                return null;
            }
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root)
                return new YamlMap(this, root, "");
            problems.Add(new(1, "file", "Give one YAML document with the keys name, trigger and steps."));
        }
        catch (YamlException e)
        {
            problems.Add(new(e.Start.Line, "file", $"This is no YAML: {e.InnerException?.Message ?? e.Message}"));
        }
        return null;
    }

    /// <returns>Null where the file has too many of them.</returns>
    public YamlMap? Take(YamlMappingNode node, string path)
    {
        if (++maps == MaxMaps + 1)
            Report(node, path, $"The file has more than {MaxMaps} keys with values below; aliases count each time they are used.");
        return maps > MaxMaps ? null : new YamlMap(this, node, path);
    }

    /// <returns>The first line that is too deep; events are read one after another, nodes would be read in each other.</returns>
    private static long? TooDeep(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext(); )
            if ((depth += parser.Current!.NestingIncrease) > MaxDepth)
                return parser.Current.Start.Line;
        return null;
    }

    public void Mention(YamlNode at, string key, Named what, string name) => mentions.Add(new(what, name, at.Start.Line, key));

    public void Report(YamlNode at, string key, string message) =>
        problems.Add(new(at.Start.Line, key.Length == 0 ? "file" : key, message));
}

/// <summary>One mapping of the file.</summary>
internal sealed class YamlMap(YamlReading reading, YamlMappingNode node, string path)
{
    private readonly HashSet<string> read = [];

    public int Line => (int)node.Start.Line;

    public string Path => path;

    public IEnumerable<string> Keys => node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

    public bool Has(string key) => Find(key) is not null;

    public string At(string key) => path.Length == 0 ? key : $"{path}.{key}";

    public void Report(string key, string message) => reading.Report(KeyNode(key) ?? node, At(key), message);

    /// <summary>Notes that the file names something there.</summary>
    public void Mentions(Named what, string key, string? name)
    {
        if (name is { Length: > 0 })
            reading.Mention(KeyNode(key) ?? node, At(key), what, name);
    }

    /// <inheritdoc cref="Text"/>
    public string? Name(Named what, string key)
    {
        var name = Text(key);
        Mentions(what, key, name);
        return name;
    }

    public void ReportHere(string message) => reading.Report(node, path, message);

    /// <summary>A key that nobody asked for is a mistake of the author's: it would be ignored silently.</summary>
    public void NothingElse(string allowed)
    {
        foreach (var key in node.Children.Keys)
            if ((key as YamlScalarNode)?.Value is not { } name || !read.Contains(name))
                reading.Report(key, At((key as YamlScalarNode)?.Value ?? "?"), $"There is no such key here. Known: {allowed}.");
    }

    /// <returns>Null where it is missing; an empty text counts as missing.</returns>
    public string? Text(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlScalarNode scalar when !string.IsNullOrWhiteSpace(scalar.Value):
                return scalar.Value.Trim();
            default:
                Report(key, "Give a text.");
                return null;
        }
    }

    public string Required(string key, string what)
    {
        var text = Text(key);
        if (text is null && Find(key) is null)
            Report(key, what);
        return text ?? "";
    }

    public bool Flag(string key, bool standard)
    {
        if (Text(key) is not { } text)
            return standard;
        if (text is "true" or "yes" or "on")
            return true;
        if (text is not ("false" or "no" or "off"))
            Report(key, "Give true or false.");
        return false;
    }

    public TimeSpan? Duration(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (Durations.Parse(text) is { } duration)
            return duration;
        Report(key, Durations.Rule);
        return null;
    }

    public TimeOnly? Time(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        Report(key, "Give a time of day in quotes: \"10:00\".");
        return null;
    }

    public int? Number(string key, int least, int most)
    {
        if (Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Report(key, $"Give a whole number from {least} to {most}.");
        return null;
    }

    /// <summary>"5%" or "0.05".</summary>
    public double? Share(string key, double most)
    {
        if (Text(key) is not { } text)
            return null;
        var isPercent = text.EndsWith('%');
        if (
            double.TryParse(text.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && (isPercent ? number / 100 : number) is var share
            && share <= most
        )
            return share;
        Report(key, $"Give a share: 5% (at most {most * 100:0} %).");
        return null;
    }

    public YamlMap? Map(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlMappingNode map:
                return reading.Take(map, At(key));
            default:
                Report(key, "Give keys with values below it, each on a line of its own.");
                return null;
        }
    }

    public IReadOnlyList<YamlMap> Maps(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                List<YamlMap> maps = [];
                for (var i = 0; i < list.Children.Count; i++)
                    if (list.Children[i] is YamlMappingNode map)
                    {
                        if (reading.Take(map, $"{At(key)}[{i}]") is not { } taken)
                            break;
                        maps.Add(taken);
                    }
                    else
                        reading.Report(list.Children[i], $"{At(key)}[{i}]", "Give a key with a value here (wait: 1d).");
                return maps;
            default:
                Report(key, "Give a list, each item beginning with a hyphen.");
                return [];
        }
    }

    public IReadOnlyList<string> Texts(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode list when list.Children.All(child => child is YamlScalarNode { Value.Length: > 0 }):
                return [.. list.Children.Cast<YamlScalarNode>().Select(child => child.Value!)];
            case YamlScalarNode { Value.Length: > 0 } scalar:
                return [scalar.Value!];
            default:
                Report(key, "Give a list of texts: [a, b].");
                return [];
        }
    }

    /// <returns>A text, number, yes or no, or a list of them, as JSON.</returns>
    public string? Json(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlScalarNode scalar:
                return Scalar(scalar);
            case YamlSequenceNode list when list.Children.All(child => child is YamlScalarNode):
                return $"[{string.Join(',', list.Children.Cast<YamlScalarNode>().Select(Scalar))}]";
            default:
                Report(key, "Give a text, a number, true or false, or a list of them.");
                return null;
        }
    }

    private static string Scalar(YamlScalarNode scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is "true" or "false" ? scalar.Value
        : scalar.Style == ScalarStyle.Plain
        && decimal.TryParse(
            scalar.Value,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number.ToString(CultureInfo.InvariantCulture)
        : JsonSerializer.Serialize(scalar.Value ?? "");

    private YamlNode? Find(string key)
    {
        read.Add(key);
        return node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }

    private YamlNode? KeyNode(string key) => node.Children.Keys.FirstOrDefault(k => k is YamlScalarNode scalar && scalar.Value == key);
}
