using System.Collections.Frozen;

namespace MarketingPlatform.Email.Words;

/// <summary>A mail's words, put together from elements. <see cref="Words"/> are those of the starter templates.</summary>
/// <param name="Elements">Ids of what it is made of: results can be read by element.</param>
internal sealed record WordVariant(
    WordAngle Angle,
    string Locale,
    IReadOnlyList<string> Elements,
    IReadOnlyDictionary<string, string> Words
);

/// <summary>Puts variants together for the motive of a segment.</summary>
internal static class WordAssembly
{
    /// <summary>Motives of the platform's own segments; a shop can say otherwise. Any other segment is moved by what is new.</summary>
    public static readonly FrozenDictionary<string, WordAngle> Motives = new Dictionary<string, WordAngle>
    {
        ["champions"] = WordAngle.Novelty,
        ["loyal-customers"] = WordAngle.Novelty,
        ["potential-loyalists"] = WordAngle.Novelty,
        ["new"] = WordAngle.Reassurance,
        ["recent-customers"] = WordAngle.Reassurance,
        ["promising"] = WordAngle.Reassurance,
        ["needs-attention"] = WordAngle.Occasion,
        ["about-to-sleep"] = WordAngle.Price,
        ["at-risk"] = WordAngle.Price,
        ["cannot-lose-them"] = WordAngle.Occasion,
        ["hibernating"] = WordAngle.Price,
        ["lapsed"] = WordAngle.Price,
        ["lost"] = WordAngle.Price,
    }.ToFrozenDictionary();

    public static WordAngle MotiveOf(string segment, IReadOnlyDictionary<string, WordAngle> own) =>
        own.TryGetValue(segment, out var angle) || Motives.TryGetValue(segment, out angle) ? angle : WordAngle.Novelty;

    /// <summary>
    /// Up to <paramref name="count"/> different variants. Each next one differs from the one before in as many elements as it can, so that a
    /// test of few variants tries most elements. The same library gives the same variants.
    /// </summary>
    /// <returns>Empty where an element of some kind is missing in the locale and in <paramref name="defaultLocale"/>.</returns>
    public static IReadOnlyList<WordVariant> Assemble(
        IReadOnlyList<WordElement> library,
        WordAngle angle,
        string locale,
        int count,
        string defaultLocale = "en"
    )
    {
        var used =
            Usable(library, angle, locale) ?? Usable(library, angle, locale.Split('-', '_')[0]) ?? Usable(library, angle, defaultLocale);
        if (used is null)
            return [];
        var left = Combinations(used).Take(MaxCombinations).ToList();
        var uses = new Dictionary<string, int>();
        var variants = new List<WordVariant>();
        WordElement[]? last = null;
        while (variants.Count < count && left.Count > 0)
        {
            // The most different from the one before; of those, the one whose elements were tried least.
            var next = left.MaxBy(picks => (Different(picks, last), -picks.Sum(pick => uses.GetValueOrDefault(pick.Id))))!;
            left.Remove(next);
            foreach (var pick in next)
                uses[pick.Id] = uses.GetValueOrDefault(pick.Id) + 1;
            variants.Add(Variant(angle, next));
            last = next;
        }
        return variants;
    }

    private const int MaxCombinations = 10_000;

    private static IEnumerable<WordElement[]> Combinations(List<List<WordElement>> kinds) =>
        from subject in kinds[0]
        from greeting in kinds[1]
        from angle in kinds[2]
        from call in kinds[3]
        select new[] { subject, greeting, angle, call };

    private static int Different(WordElement[] picks, WordElement[]? last) =>
        last is null ? 0 : picks.Zip(last).Count(pair => pair.First.Id != pair.Second.Id);

    private static WordVariant Variant(WordAngle angle, WordElement[] picks) =>
        new(
            angle,
            picks[0].Locale,
            [.. picks.Select(pick => pick.Id)],
            new Dictionary<string, string>
            {
                ["subject"] = picks[0].Text,
                ["title"] = picks[1].Text,
                ["intro"] = picks[2].Text,
                ["cta"] = picks[3].Text,
            }
        );

    // In the order of the kinds; null where one is missing.
    private static List<List<WordElement>>? Usable(IReadOnlyList<WordElement> library, WordAngle angle, string locale)
    {
        var lists = Enum.GetValues<WordKind>()
            .Select(kind =>
                library
                    .Where(e => e.Kind == kind && e.Status == "approved" && e.Locale.Equals(locale, StringComparison.OrdinalIgnoreCase))
                    .Where(e => e.Angle is null ? kind is WordKind.Greeting or WordKind.CallToAction : e.Angle == angle)
                    .OrderBy(e => e.Id, StringComparer.Ordinal)
                    .ToList()
            )
            .ToList();
        return lists.TrueForAll(list => list.Count > 0) ? lists : null;
    }
}
