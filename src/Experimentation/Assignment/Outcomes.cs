using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>What an experiment gave to a unit.</summary>
public sealed record ExperimentResult
{
    /// <value>The feature whose rule ran it, if any.</value>
    public string? FeatureId { get; init; }

    /// <value>Whether the unit takes part; otherwise it sees variation 0 and must not be counted.</value>
    public bool InExperiment { get; init; }

    /// <value>Number of the variation, from 0.</value>
    public int VariationId { get; init; }

    /// <value>Key of the variation.</value>
    public string Key { get; init; } = "";

    /// <value>Name of the variation, if it has one.</value>
    public string? Name { get; init; }

    /// <value>What the variation is.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Value { get; init; }

    /// <value>Whether the hash decided; count only those.</value>
    public bool HashUsed { get; init; }

    /// <value>The attribute that was hashed.</value>
    public string HashAttribute { get; init; } = "";

    /// <value>Its value.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement HashValue { get; init; }

    /// <value>0 to 1, where the hash was used.</value>
    public double? Bucket { get; init; }

    /// <value>Whether a stored variation decided.</value>
    public bool StickyBucketUsed { get; init; }

    /// <value>Whether the feature's next rule decides after all.</value>
    public bool? Passthrough { get; init; }
}

/// <summary>Where a feature's value came from.</summary>
public enum FeatureSource
{
    /// <summary>There is no such feature.</summary>
    UnknownFeature,

    /// <summary>No rule applied.</summary>
    DefaultValue,

    /// <summary>A rule forced it.</summary>
    Force,

    /// <summary>An experiment.</summary>
    Experiment,

    /// <summary>A feature it depends on is not as it must be.</summary>
    Prerequisite,

    /// <summary>It depends on itself.</summary>
    CyclicPrerequisite,
}

/// <summary>The value of a feature for whoever asked.</summary>
/// <param name="Value">Undefined or null where it is off.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="RuleId">Id of the rule, empty where it has none.</param>
/// <param name="Experiment">The experiment that decided, if one did.</param>
/// <param name="ExperimentResult">What it gave.</param>
public sealed record FeatureResult(
    JsonElement Value,
    FeatureSource Source,
    string RuleId = "",
    Experiment? Experiment = null,
    ExperimentResult? ExperimentResult = null
)
{
    /// <value>Whether the value is truthy: not null, false, 0 or empty.</value>
    public bool On => JsonValues.IsTruthy(Value);

    /// <value>The opposite of <see cref="On"/>.</value>
    public bool Off => !On;
}
