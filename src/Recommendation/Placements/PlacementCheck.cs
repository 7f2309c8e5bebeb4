using MarketingPlatform.Platform.Http;
using MarketingPlatform.Recommendation.Serving;

namespace MarketingPlatform.Recommendation.Placements;

/// <summary>What a placement must be like. No I/O.</summary>
internal static class PlacementCheck
{
    public const int LongestKey = 60;
    private const int MostRules = 200;

    public static bool IsKey(string key) =>
        key.Length is > 0 and <= LongestKey && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <returns>Every bad field with what to do; none for a good definition.</returns>
    public static IReadOnlyList<FieldError> Faults(PlacementDefinition definition)
    {
        var faults = new List<FieldError>();
        Within("diversity", definition.Diversity, 0.9);
        Within("calibration", definition.Calibration, 0.9);
        Within("exploration", definition.Exploration, 0.5);
        Within("marginWeight", definition.MarginWeight, 1);
        if (definition.Diversity + definition.Calibration > 0.95)
        {
            faults.Add(new("calibration", "diversity and calibration must leave something to the score: together at most 0.95."));
        }
        if (definition.ExcludeBoughtDays is < 0 or > 36_500)
        {
            faults.Add(new("excludeBoughtDays", "Give days from 0 to 36500, or leave it out: never again."));
        }
        if (definition.MinPrice is < 0 || definition.MaxPrice is < 0 || definition.MinPrice > definition.MaxPrice)
        {
            faults.Add(new("minPrice", "Give prices of 0 or more, the least not above the highest."));
        }
        if (definition.PriceBand is { } band && !(band is > 1 and <= 1_000))
        {
            faults.Add(new("priceBand", "Give a number above 1, for instance 2: from half to twice the price."));
        }
        // "rules": null is JSON too.
        if (definition.Rules is null)
        {
            faults.Add(new("rules", "Give a list of rules, [] for none."));
            return faults;
        }
        if (definition.Rules.Count > MostRules)
        {
            faults.Add(new("rules", $"Give at most {MostRules} rules."));
        }
        for (var n = 0; n < definition.Rules.Count; n++)
        {
            faults.AddRange(Faults(definition.Rules[n], $"rules[{n}]"));
        }
        return faults;

        void Within(string field, double value, double most)
        {
            if (!(value >= 0 && value <= most))
            {
                faults.Add(new(field, FormattableString.Invariant($"Give a number from 0 to {most}.")));
            }
        }
    }

    private static IEnumerable<FieldError> Faults(PlacementRule? rule, string field)
    {
        if (rule is null)
        {
            yield return new(field, "A rule is missing here.");
            yield break;
        }
        string? trouble = null;
        try
        {
            trouble = ProductFilter.Parse(rule.Filter) is null ? "Say which products: category:Tea, id:T1|T2 …" : null;
        }
        catch (BadFilterException bad)
        {
            trouble = bad.Message;
        }
        if (trouble is not null)
        {
            yield return new(field + ".filter", trouble);
        }
        if (rule.Action == RuleAction.Boost && rule.Factor is { } up && !(up is > 1 and <= 1_000))
        {
            yield return new(field + ".factor", "A boost multiplies by more than 1, at most 1000.");
        }
        if (rule.Action == RuleAction.Bury && rule.Factor is { } down && !(down is > 0 and < 1))
        {
            yield return new(field + ".factor", "Burying multiplies by a number between 0 and 1.");
        }
        if (rule.Action == RuleAction.Pin && rule.Position is < 1 or > 100)
        {
            yield return new(field + ".position", "Give a place from 1 to 100.");
        }
        if (rule.From >= rule.Until)
        {
            yield return new(field + ".until", "It ends before it begins.");
        }
    }
}
