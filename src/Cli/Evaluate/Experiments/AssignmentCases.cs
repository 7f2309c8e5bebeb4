using System.Text.Json;
using MarketingPlatform.Experimentation.Assignment;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary>Cases passed and failed of one section of GrowthBook's vectors.</summary>
/// <param name="Failures">Names of the failed ones.</param>
internal sealed record SectionReport(string Section, int Passed, int Failed, IReadOnlyList<string> Failures);

/// <summary>GrowthBook's language-neutral vectors (its <c>cases.json</c>), run against our assignment.</summary>
internal static class AssignmentCases
{
    private static readonly JsonSerializerOptions Web = JsonSerializerOptions.Web;

    private static readonly Dictionary<string, Func<JsonElement, bool>> Sections = new()
    {
        ["evalCondition"] = one => Condition.Fits(one[1], one[2], At(one, 4)) == one[3].GetBoolean(),
        ["hash"] = one => Same(BucketHash.Of(one[0].GetString(), one[1].GetString(), one[2].GetInt32()), one[3]),
        ["getBucketRange"] = one => Same(RangesOf(one[1]), one[2]),
        ["feature"] = Feature,
        ["run"] = Run,
        ["chooseVariation"] = one => Buckets.Choose(one[1].GetDouble(), one[2].Deserialize<BucketRange[]>()) == one[3].GetInt32(),
        ["getQueryStringOverride"] = one =>
            Assigner.QueryOverride(one[1].GetString()!, one[2].GetString(), one[3].GetInt32())
            == (one[4].ValueKind == JsonValueKind.Null ? null : one[4].GetInt32()),
        ["inNamespace"] = one => one[2].Deserialize<Namespace>()!.Holds(one[1].GetString()) == one[3].GetBoolean(),
        ["getEqualWeights"] = one => Same(Buckets.EqualWeights(one[0].GetInt32()), one[1]),
        ["stickyBucket"] = StickyBucket,
    };

    /// <summary>Runs every section that is about assignment; the others are named with what they are.</summary>
    /// <param name="skipped">Sections of the file that nothing here answers to, such as <c>decrypt</c>.</param>
    public static IReadOnlyList<SectionReport> Run(string path, out IReadOnlyList<string> skipped)
    {
        using var cases = Read(path);
        var reports = new List<SectionReport>();
        var others = new List<string>();
        foreach (var section in cases.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array))
        {
            if (!Sections.TryGetValue(section.Name, out var passes))
            {
                others.Add(section.Name);
                continue;
            }
            var failures = section.Value.EnumerateArray().Where(one => !Passes(path, section.Name, passes, one)).Select(Name).ToArray();
            reports.Add(new SectionReport(section.Name, section.Value.GetArrayLength() - failures.Length, failures.Length, failures));
        }
        skipped = others;
        if (reports.Count == 0)
            throw new CommandException($"{path} has no section of GrowthBook's vectors, such as \"hash\" or \"run\".");
        return reports;
    }

    private static JsonDocument Read(string path)
    {
        if (!File.Exists(path))
            throw new CommandException($"There is no file {path}.");
        try
        {
            using var content = File.OpenRead(path);
            var cases = JsonDocument.Parse(content);
            return cases.RootElement.ValueKind == JsonValueKind.Object
                ? cases
                : throw new CommandException($"{path} is not an object of sections, as GrowthBook's cases.json is.");
        }
        catch (JsonException cause)
        {
            throw new CommandException($"{path} is not JSON: {cause.Message}", cause);
        }
    }

    private static bool Passes(string path, string section, Func<JsonElement, bool> passes, JsonElement one)
    {
        try
        {
            return passes(one);
        }
        catch (Exception cause)
            when (cause is InvalidOperationException or JsonException or IndexOutOfRangeException or KeyNotFoundException)
        {
            throw new CommandException($"{path}, section \"{section}\": the case {Name(one)} is not laid out as GrowthBook's are.", cause);
        }
    }

    private static bool Feature(JsonElement one)
    {
        var result = AssignerOf(one[1]).Evaluate(one[2].GetString()!);
        return Agrees(one[3], JsonSerializer.SerializeToElement(result, FeatureLayout));
    }

    private static bool Run(JsonElement one)
    {
        var result = AssignerOf(one[1]).Run(one[2].Deserialize<Experiment>(Web)!);
        return JsonElement.DeepEquals(result.Value, one[3])
            && result.InExperiment == one[4].GetBoolean()
            && result.HashUsed == one[5].GetBoolean();
    }

    private static bool StickyBucket(JsonElement one)
    {
        var attributes = At(one[1], "attributes");
        var sticky = new StickyBuckets(one[2].Deserialize<StickyDocument[]>(Web)!, attributes);
        var result = (AssignerOf(one[1]) with { Sticky = sticky }).Evaluate(one[3].GetString()!).ExperimentResult;
        var documents = sticky.Documents.ToDictionary(
            document => document.Key,
            document => new
            {
                document.Value.AttributeName,
                document.Value.AttributeValue,
                document.Value.Assignments,
            }
        );
        return Agrees(one[4], JsonSerializer.SerializeToElement(result, FeatureLayout))
            && JsonElement.DeepEquals(one[5], JsonSerializer.SerializeToElement(documents, Web));
    }

    private static Assigner AssignerOf(JsonElement context) =>
        new()
        {
            Attributes = At(context, "attributes"),
            Features = Member<Dictionary<string, Feature>>(context, "features") ?? [],
            ForcedVariations = Member<Dictionary<string, int>>(context, "forcedVariations") ?? [],
            SavedGroups = At(context, "savedGroups"),
            Enabled = Member<bool?>(context, "enabled") ?? true,
            QaMode = Member<bool?>(context, "qaMode") ?? false,
            Url = Member<string>(context, "url"),
        };

    private static readonly JsonSerializerOptions FeatureLayout = new(Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Whether each member that is wanted is there; null and undefined are the same.</summary>
    private static bool Agrees(JsonElement wanted, JsonElement got)
    {
        if (wanted.ValueKind == JsonValueKind.Object && got.ValueKind == JsonValueKind.Object)
            return wanted.EnumerateObject().All(member => Agrees(member.Value, At(got, member.Name)));
        if (wanted.ValueKind == JsonValueKind.Null)
            return got.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;
        if (wanted.ValueKind == JsonValueKind.Array && got.ValueKind == JsonValueKind.Array)
            return wanted.GetArrayLength() == got.GetArrayLength()
                && wanted.EnumerateArray().Zip(got.EnumerateArray()).All(pair => Agrees(pair.First, pair.Second));
        return JsonElement.DeepEquals(wanted, got);
    }

    private static BucketRange[] RangesOf(JsonElement arguments) =>
        Buckets.Ranges(arguments[0].GetInt32(), arguments[1].GetDouble(), arguments[2].Deserialize<double[]>());

    private static bool Same(IEnumerable<BucketRange> got, JsonElement wanted) =>
        Same(
            got.SelectMany(range => new[] { range.Start, range.End }),
            wanted.EnumerateArray().SelectMany(range => range.EnumerateArray())
        );

    private static bool Same(IEnumerable<double> got, JsonElement wanted) => Same(got, wanted.EnumerateArray());

    private static bool Same(IEnumerable<double> got, IEnumerable<JsonElement> wanted) =>
        got.Select(number => Math.Round(number, 8)).SequenceEqual(wanted.Select(number => Math.Round(number.GetDouble(), 8)));

    private static bool Same(double? got, JsonElement wanted) =>
        wanted.ValueKind == JsonValueKind.Null ? got is null : got == wanted.GetDouble();

    private static JsonElement At(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : default;

    private static JsonElement At(JsonElement value, int index) => value.GetArrayLength() > index ? value[index] : default;

    private static T? Member<T>(JsonElement value, string name) =>
        At(value, name) is { ValueKind: not JsonValueKind.Undefined } member ? member.Deserialize<T>(Web) : default;

    private static string Name(JsonElement one) => one[0].ValueKind == JsonValueKind.String ? one[0].GetString()! : one[0].GetRawText();
}
