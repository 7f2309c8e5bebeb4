using System.Text.Json;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>Decides which variations and features somebody gets: GrowthBook's SDK, rule by rule.</summary>
/// <remarks>
/// Conforms to the vectors of GrowthBook's SDK specification 0.7.1 (docs.growthbook.io/lib/build-your-own). Pure but for
/// <see cref="Sticky"/>, which the caller gives and stores. Features that a feature depends on are evaluated as often as they are named.
/// </remarks>
public sealed record Assigner
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("null").RootElement;

    /// <value>Who asks: an object.</value>
    public JsonElement Attributes { get; init; }

    /// <value>Features by key.</value>
    public IReadOnlyDictionary<string, Feature> Features { get; init; } = new Dictionary<string, Feature>();

    /// <value>Variations by experiment that somebody chose by hand; not counted.</value>
    public IReadOnlyDictionary<string, int> ForcedVariations { get; init; } = new Dictionary<string, int>();

    /// <value>Lists for <c>$inGroup</c>: an object of arrays.</value>
    public JsonElement SavedGroups { get; init; }

    /// <value>False: nobody takes part in anything.</value>
    public bool Enabled { get; init; } = true;

    /// <value>True: only forced variations.</value>
    public bool QaMode { get; init; }

    /// <value>The page's address, whose query may force a variation: <c>?my-test=1</c>.</value>
    public string? Url { get; init; }

    /// <value>Stored variations; null where nothing is kept.</value>
    public StickyBuckets? Sticky { get; init; }

    /// <summary>The value of a feature.</summary>
    public FeatureResult Evaluate(string feature) => Evaluate(feature, []);

    /// <summary>The variation of an experiment.</summary>
    public ExperimentResult Run(Experiment experiment) => Run(experiment, null, []);

    private FeatureResult Evaluate(string key, HashSet<string> path)
    {
        if (!path.Add(key))
            return new FeatureResult(Nothing, FeatureSource.CyclicPrerequisite);
        try
        {
            if (!Features.TryGetValue(key, out var feature))
                return new FeatureResult(Nothing, FeatureSource.UnknownFeature);
            foreach (var rule in feature.Rules ?? [])
            {
                if (Apply(rule, key, path) is { } result)
                    return result;
            }
            var value = feature.DefaultValue.ValueKind == JsonValueKind.Undefined ? Nothing : feature.DefaultValue;
            return new FeatureResult(value, FeatureSource.DefaultValue);
        }
        finally
        {
            path.Remove(key);
        }
    }

    /// <returns>Null where the next rule decides.</returns>
    private FeatureResult? Apply(FeatureRule rule, string key, HashSet<string> path)
    {
        foreach (var parent in rule.ParentConditions ?? [])
        {
            switch (Meets(parent, path))
            {
                case null:
                    return new FeatureResult(Nothing, FeatureSource.CyclicPrerequisite);
                case false when parent.Gate == true:
                    return new FeatureResult(Nothing, FeatureSource.Prerequisite);
                case false:
                    return null;
            }
        }
        if (IsFilteredOut(rule.Filters, rule.HashAttribute))
            return null;
        if (rule.Force.ValueKind != JsonValueKind.Undefined)
        {
            return Condition.Fits(rule.Condition, Attributes, SavedGroups) && IsInRollOut(rule, key)
                ? new FeatureResult(rule.Force, FeatureSource.Force, rule.Id ?? "")
                : null;
        }
        if (rule.Variations is null)
            return null;
        var experiment = rule.ToExperiment(key);
        var result = Run(experiment, key, path);
        return result.InExperiment && result.Passthrough != true
            ? new FeatureResult(result.Value, FeatureSource.Experiment, rule.Id ?? "", experiment, result)
            : null;
    }

    private ExperimentResult Run(Experiment experiment, string? feature, HashSet<string> path)
    {
        var (attribute, hashValue) = HashValue(experiment.HashAttribute, Keeps(experiment) ? experiment.FallbackAttribute : null);
        var unit = JsonValues.IsTruthy(hashValue) ? JsonValues.Text(hashValue) : "";

        if (experiment.Variations.Count < 2 || !Enabled)
            return Result(-1);
        if (QueryOverride(experiment.Key, Url, experiment.Variations.Count) is { } chosen)
            return Result(chosen);
        if (ForcedVariations.TryGetValue(experiment.Key, out var forced))
            return Result(forced);
        if (experiment.Active == false || unit.Length == 0)
            return Result(-1);

        var kept = Keeps(experiment) ? Kept(experiment, attribute, unit) : -1;
        if (kept == -1 && !IsEligible(experiment, unit, path))
            return Result(-1);
        if (BucketHash.Of(experiment.Seed ?? experiment.Key, unit, experiment.HashVersion ?? 1) is not { } bucket || kept is null)
            return Result(-1);
        var assigned = kept >= 0 ? kept.Value : Buckets.Choose(bucket, RangesOf(experiment));
        if (assigned < 0)
            return Result(-1);
        if (experiment.Force is { } force)
            return Result(force);
        if (QaMode)
            return Result(-1);

        var result = Result(assigned, bucket, kept >= 0);
        if (Keeps(experiment))
            Sticky!.Keep(experiment, attribute, unit, result.Key);
        return result;

        ExperimentResult Result(int variation, double? bucket = null, bool sticky = false)
        {
            var inExperiment = variation >= 0 && variation < experiment.Variations.Count;
            var shown = inExperiment ? variation : 0;
            var meta = shown < experiment.Meta?.Count ? experiment.Meta[shown] : null;
            return new ExperimentResult
            {
                FeatureId = feature,
                InExperiment = inExperiment,
                VariationId = shown,
                Key = meta?.Key ?? $"{shown}",
                Name = meta?.Name,
                Passthrough = meta?.Passthrough,
                Value = shown < experiment.Variations.Count ? experiment.Variations[shown] : Nothing,
                HashUsed = bucket is not null,
                HashAttribute = attribute,
                HashValue = hashValue,
                Bucket = bucket,
                StickyBucketUsed = sticky,
            };
        }
    }

    private bool IsEligible(Experiment experiment, string unit, HashSet<string> path)
    {
        if (
            experiment.Filters is not null
                ? IsFilteredOut(experiment.Filters, experiment.HashAttribute)
                : experiment.Namespace?.Holds(unit) == false
        )
            return false;
        return Condition.Fits(experiment.Condition, Attributes, SavedGroups)
            && (experiment.ParentConditions ?? []).All(parent => Meets(parent, path) == true);
    }

    private bool Keeps(Experiment experiment) => Sticky is not null && experiment.DisableStickyBucketing != true;

    private int? Kept(Experiment experiment, string attribute, string unit)
    {
        var (other, value) = HashValue(experiment.FallbackAttribute, null);
        return experiment.FallbackAttribute is null
            ? Sticky!.Find(experiment, (attribute, unit))
            : Sticky!.Find(experiment, (other, JsonValues.Text(value)), (attribute, unit));
    }

    private static BucketRange[] RangesOf(Experiment experiment) =>
        experiment.Ranges is { } ranges
            ? [.. ranges]
            : Buckets.Ranges(experiment.Variations.Count, experiment.Coverage ?? 1, experiment.Weights);

    /// <returns>Null where the parent depends on what asks for it.</returns>
    private bool? Meets(ParentCondition parent, HashSet<string> path)
    {
        var result = Evaluate(parent.Id, path);
        if (result.Source == FeatureSource.CyclicPrerequisite)
            return null;
        return Condition.Fits(parent.Condition, JsonSerializer.SerializeToElement(new { value = result.Value }), SavedGroups);
    }

    private bool IsFilteredOut(IReadOnlyList<BucketFilter>? filters, string? hashAttribute)
    {
        foreach (var filter in filters ?? [])
        {
            var (_, value) = HashValue(filter.Attribute ?? hashAttribute, null);
            if (
                !JsonValues.IsTruthy(value) || BucketHash.Of(filter.Seed, JsonValues.Text(value), filter.HashVersion ?? 2) is not { } bucket
            )
                return true;
            if (!filter.Ranges.Any(range => range.Contains(bucket)))
                return true;
        }
        return false;
    }

    private bool IsInRollOut(FeatureRule rule, string key)
    {
        if (rule.Range is null && rule.Coverage is null)
            return true;
        if (rule.Range is null && rule.Coverage == 0)
            return false;
        var fallback = Sticky is not null && rule.DisableStickyBucketing != true ? rule.FallbackAttribute : null;
        var (_, value) = HashValue(rule.HashAttribute, fallback);
        if (!JsonValues.IsTruthy(value) || BucketHash.Of(rule.Seed ?? key, JsonValues.Text(value), rule.HashVersion ?? 1) is not { } bucket)
            return false;
        return rule.Range is { } range ? range.Contains(bucket) : bucket <= rule.Coverage;
    }

    private (string Attribute, JsonElement Value) HashValue(string? attribute, string? fallback)
    {
        attribute ??= "id";
        var value = JsonValues.Member(Attributes, attribute);
        if (JsonValues.IsTruthy(value) || fallback is null)
            return (attribute, value);
        var other = JsonValues.Member(Attributes, fallback);
        return JsonValues.IsTruthy(other) ? (fallback, other) : (attribute, value);
    }

    /// <summary>The variation that a page's address asks for: <c>?my-test=1</c>.</summary>
    /// <param name="experiment">Key of the experiment.</param>
    /// <param name="url">The address; may be null.</param>
    /// <param name="variations">How many there are.</param>
    /// <returns>Null where it asks for none that exists.</returns>
    public static int? QueryOverride(string experiment, string? url, int variations)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (url is null || url.IndexOf('?', StringComparison.Ordinal) is var start && start < 0)
            return null;
        var query = url[(start + 1)..].Split('#')[0];
        foreach (var pair in query.Split('&'))
        {
            if (pair.Split('=', 2) is [var name, var text] && Uri.UnescapeDataString(name) == experiment)
                return text.Length > 0 && text.All(char.IsAsciiDigit) && int.TryParse(text, out var variation) && variation < variations
                    ? variation
                    : null;
        }
        return null;
    }
}
