using System.Text.Json;

namespace MarketingPlatform.Email.Words;

/// <summary>What a piece of words is for.</summary>
internal enum WordKind
{
    Subject,
    Greeting,
    Angle,
    CallToAction,
}

/// <summary>Why somebody would buy: the motive that a mail speaks to.</summary>
internal enum WordAngle
{
    Price,
    Novelty,
    Reassurance,
    Occasion,
}

/// <summary>A piece of words of the brand.</summary>
/// <param name="Angle">The motive it speaks to; null where it fits any. A subject and an angle have one.</param>
/// <param name="Text">Liquid.</param>
/// <param name="Status">approved, proposed (by the drafter, not yet used) or rejected.</param>
/// <param name="Source">starter, person or drafter.</param>
internal sealed record WordElement(
    string Id,
    WordKind Kind,
    WordAngle? Angle,
    string Locale,
    string Text,
    string Status = "approved",
    string Source = "starter"
)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    /// <summary>Those that come with the platform.</summary>
    public static readonly IReadOnlyList<WordElement> Starters = Load();

    private static WordElement[] Load()
    {
        using var stream = typeof(WordElement).Assembly.GetManifestResourceStream("Words/starter-words.json")!;
        return JsonSerializer.Deserialize<WordElement[]>(stream, Format)!;
    }
}
