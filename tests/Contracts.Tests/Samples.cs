using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.TestInfrastructure;

namespace MarketingPlatform.Contracts.Tests;

/// <summary>
/// The committed JSON of each contract. Messages written by an older version of the platform lie in outboxes and queues while a newer
/// one starts, and other systems read them: what was once said must stay readable.
/// </summary>
internal static class Samples
{
    /// <summary>As the outbox and the bus write: member names in camel case, enums by name.</summary>
    private static readonly JsonSerializerOptions Written = new(Platform.Hosting.Json.Options) { WriteIndented = true, NewLine = "\n" };

    /// <summary>As a reader who insists: a member that an old message lacks must have a default.</summary>
    private static readonly JsonSerializerOptions Insisting = new(Written)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public static string Folder { get; } = Path.Combine(SourceTree.Root, "tests", "Contracts.Tests", "Samples");

    /// <summary>Records in the namespaces of services: events, and the bodies that services exchange over HTTP.</summary>
    public static IEnumerable<Type> Contracts() =>
        typeof(Shop)
            .Assembly.GetExportedTypes()
            .Where(type => type.Namespace?.StartsWith("MarketingPlatform.Contracts.", StringComparison.Ordinal) == true)
            .Where(type => type.IsClass && !type.IsAbstract && type.GetMethod("<Clone>$") is not null);

    public static string PathOf(Type contract) => Path.Combine(Folder, contract.FullName + ".json");

    public static string Write(Type contract) => JsonSerializer.Serialize(Representative.Of(contract), contract, Written) + "\n";

    /// <returns>What a reader or writer of the sample would stumble over; empty where nothing changed, or members were only added.</returns>
    public static IReadOnlyList<string> Breaks(Type contract, string sample)
    {
        var then = JsonNode.Parse(sample)!;
        var breaks = new List<string>();
        Compare(contract.Name, then, JsonNode.Parse(Write(contract))!, breaks);
        if (breaks.Count == 0 && Read(contract, sample) is { } error)
            breaks.Add(error);
        return breaks;
    }

    private static string? Read(Type contract, string sample)
    {
        try
        {
            var read = JsonSerializer.Deserialize(sample, contract, Insisting);
            var lost = new List<string>();
            Compare(contract.Name, JsonNode.Parse(sample)!, JsonSerializer.SerializeToNode(read, contract, Written)!, lost);
            return lost.Count == 0 ? null : "after reading and writing: " + lost[0];
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException)
        {
            return $"an old message no longer reads: {error.Message}";
        }
    }

    private static void Compare(string path, JsonNode then, JsonNode? now, List<string> breaks)
    {
        switch (then, now)
        {
            case (_, null):
                breaks.Add($"{path} is gone");
                break;
            case (JsonObject a, JsonObject b):
                foreach (var (name, value) in a)
                    Compare($"{path}.{name}", value!, b[name], breaks);
                break;
            case (JsonArray a, JsonArray b):
                Compare(path + "[]", a[0]!, b.FirstOrDefault(), breaks);
                break;
            case (JsonValue a, JsonValue b) when a.ToJsonString() == b.ToJsonString():
                break;
            default:
                breaks.Add($"{path} was {then.ToJsonString()} and is {now.ToJsonString()}");
                break;
        }
    }
}
