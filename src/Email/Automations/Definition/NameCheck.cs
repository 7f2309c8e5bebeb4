using MarketingPlatform.Platform.Text;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>Names that there are; each list null where it could not be asked for.</summary>
/// <param name="Events">Those of the platform and those that customers caused lately.</param>
/// <param name="Traits">Of the profiles that this service has, and those that automations give.</param>
/// <param name="Audiences">Those that automations name.</param>
internal sealed record KnownNames(
    IReadOnlyCollection<string>? Segments,
    IReadOnlyCollection<string>? Events,
    IReadOnlyCollection<string>? Traits,
    IReadOnlyCollection<string>? Audiences
);

/// <summary>
/// Tells of names that a file uses and nobody knows. They are warnings, not mistakes: an automation may be written before the segment that it
/// speaks of, and an event's first customer may be still to come. Templates are checked where the file is.
/// </summary>
internal static class NameCheck
{
    private const int LongestTold = 120;

    public static IReadOnlyList<YamlProblem> Warnings(IReadOnlyList<Mention> mentions, KnownNames known) =>
        [
            .. mentions
                .DistinctBy(mention => (mention.What, mention.Name, mention.Line))
                .Select(mention => Of(mention, mentions, known) is { } said ? new YamlProblem(mention.Line, mention.Key, said) : null)
                .OfType<YamlProblem>()
                .OrderBy(problem => problem.Line),
        ];

    /// <summary>"; did you mean lapsed?"</summary>
    public static string DidYouMean(string name, IEnumerable<string> known) =>
        NearestName.Of(Cut(name), known) is { } near ? $"; did you mean {near}?" : ".";

    private static string? Of(Mention mention, IReadOnlyList<Mention> all, KnownNames known)
    {
        var given = all.Where(one => one.What == Named.GivenTrait).Select(one => one.Name);
        return mention.What switch
        {
            Named.Segment => Unknown(mention, known.Segments, "There is no segment"),
            Named.Event => Unknown(mention, known.Events, "Nobody has caused an event of this name in the last 30 days:"),
            Named.Trait => Unknown(mention, known.Traits is null ? null : [.. known.Traits, .. given], "No customer has the trait"),
            Named.LeftAudience => Unknown(
                mention,
                known.Audiences is null
                    ? null
                    : [.. known.Audiences, .. all.Where(one => one.What == Named.Audience).Select(one => one.Name)],
                "No automation adds anybody to an ad audience"
            ),
            // Naming an audience makes it: only where a like one is there it looks like a slip.
            Named.Audience
                when known.Audiences is { } there && !there.Contains(mention.Name) && NearestName.Of(mention.Name, there) is { } near =>
                $"This makes a new ad audience {mention.Name}; did you mean {near}?",
            _ => null,
        };
    }

    private static string? Unknown(Mention mention, IReadOnlyCollection<string>? known, string what) =>
        known is null || known.Contains(mention.Name) ? null : $"{what} {Cut(mention.Name)}{DidYouMean(mention.Name, known)}";

    private static string Cut(string name) => name.Length <= LongestTold ? name : name[..LongestTold] + "…";
}
