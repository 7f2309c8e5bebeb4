using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>An experiment, in GrowthBook's terms: its JSON reads into this record with web defaults.</summary>
public sealed record Experiment
{
    /// <value>Its lasting name; seeds the hash unless <see cref="Seed"/> is given.</value>
    public string Key { get; init; } = "";

    /// <value>What each variation is: any JSON. Fewer than two make no experiment.</value>
    public IReadOnlyList<JsonElement> Variations { get; init; } = [];

    /// <value>Share of each variation; default equal.</value>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <value>Share of units that take part, 0 to 1; default all.</value>
    public double? Coverage { get; init; }

    /// <value>Buckets of each variation; instead of weights and coverage.</value>
    public IReadOnlyList<BucketRange>? Ranges { get; init; }

    /// <value>The attribute whose value is the unit; default <c>id</c>.</value>
    public string? HashAttribute { get; init; }

    /// <value>The attribute to use while the first has no value; only with sticky buckets.</value>
    public string? FallbackAttribute { get; init; }

    /// <value>1 or 2; default 1, as in GrowthBook.</value>
    public int? HashVersion { get; init; }

    /// <value>Seeds the hash instead of the key.</value>
    public string? Seed { get; init; }

    /// <value>A slice for mutual exclusion; passed over when there are filters.</value>
    public Namespace? Namespace { get; init; }

    /// <value>Buckets of other seeds in which a unit must lie, each of them.</value>
    public IReadOnlyList<BucketFilter>? Filters { get; init; }

    /// <value>Keys and names of the variations.</value>
    public IReadOnlyList<VariationMeta>? Meta { get; init; }

    /// <value>What attributes must be like: a <see cref="Assignment.Condition"/>.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Condition { get; init; }

    /// <value>What features must be like.</value>
    public IReadOnlyList<ParentCondition>? ParentConditions { get; init; }

    /// <value>False: nobody takes part.</value>
    public bool? Active { get; init; }

    /// <value>Everybody who would take part gets this variation.</value>
    public int? Force { get; init; }

    /// <value>Raising it forgets sticky buckets of the versions before.</value>
    public int? BucketVersion { get; init; }

    /// <value>Units with a sticky bucket of a version below this are left out.</value>
    public int? MinBucketVersion { get; init; }

    /// <value>True: no sticky buckets for this experiment.</value>
    public bool? DisableStickyBucketing { get; init; }

    /// <value>For people.</value>
    public string? Name { get; init; }

    /// <value>For people.</value>
    public string? Phase { get; init; }
}

/// <summary>Key and name of a variation.</summary>
/// <param name="Key">Lasting key; default its number.</param>
/// <param name="Name">For people.</param>
/// <param name="Passthrough">True: units of this variation go on to the feature's next rule, as in a hold-out.</param>
public sealed record VariationMeta(string? Key = null, string? Name = null, bool? Passthrough = null);

/// <summary>Buckets in which a unit must lie.</summary>
/// <param name="Seed">Seeds the hash.</param>
/// <param name="Ranges">One of them must hold the unit.</param>
/// <param name="Attribute">Default the experiment's hash attribute.</param>
/// <param name="HashVersion">Default 2.</param>
public sealed record BucketFilter(string Seed, IReadOnlyList<BucketRange> Ranges, string? Attribute = null, int? HashVersion = null);

/// <summary>A feature that must have a certain value.</summary>
/// <param name="Id">Key of the feature.</param>
/// <param name="Condition">About <c>{"value": …}</c>.</param>
/// <param name="Gate">True: where it fails the whole feature is off, not only the rule.</param>
public sealed record ParentCondition(string Id, JsonElement Condition, bool? Gate = null);

/// <summary>A value that depends on who asks.</summary>
public sealed record Feature
{
    /// <value>Where no rule applies; default null.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement DefaultValue { get; init; }

    /// <value>The first that applies decides.</value>
    public IReadOnlyList<FeatureRule>? Rules { get; init; }
}

/// <summary>A rule of a feature: forces a value or runs an experiment.</summary>
public sealed record FeatureRule
{
    /// <value>For reports.</value>
    public string? Id { get; init; }

    /// <value>The value; when there is none the rule is an experiment.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Force { get; init; }

    /// <value>Roll-out of a forced value: the buckets that get it.</value>
    public BucketRange? Range { get; init; }

    /// <inheritdoc cref="Experiment.Key"/>
    public string? Key { get; init; }

    /// <inheritdoc cref="Experiment.Variations"/>
    public IReadOnlyList<JsonElement>? Variations { get; init; }

    /// <inheritdoc cref="Experiment.Weights"/>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <value>Share of units that the rule reaches, 0 to 1. Raising it keeps those it reached.</value>
    public double? Coverage { get; init; }

    /// <inheritdoc cref="Experiment.Ranges"/>
    public IReadOnlyList<BucketRange>? Ranges { get; init; }

    /// <inheritdoc cref="Experiment.HashAttribute"/>
    public string? HashAttribute { get; init; }

    /// <inheritdoc cref="Experiment.FallbackAttribute"/>
    public string? FallbackAttribute { get; init; }

    /// <inheritdoc cref="Experiment.HashVersion"/>
    public int? HashVersion { get; init; }

    /// <inheritdoc cref="Experiment.Seed"/>
    public string? Seed { get; init; }

    /// <inheritdoc cref="Experiment.Namespace"/>
    public Namespace? Namespace { get; init; }

    /// <inheritdoc cref="Experiment.Filters"/>
    public IReadOnlyList<BucketFilter>? Filters { get; init; }

    /// <inheritdoc cref="Experiment.Meta"/>
    public IReadOnlyList<VariationMeta>? Meta { get; init; }

    /// <inheritdoc cref="Experiment.Condition"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Condition { get; init; }

    /// <inheritdoc cref="Experiment.ParentConditions"/>
    public IReadOnlyList<ParentCondition>? ParentConditions { get; init; }

    /// <inheritdoc cref="Experiment.BucketVersion"/>
    public int? BucketVersion { get; init; }

    /// <inheritdoc cref="Experiment.MinBucketVersion"/>
    public int? MinBucketVersion { get; init; }

    /// <inheritdoc cref="Experiment.DisableStickyBucketing"/>
    public bool? DisableStickyBucketing { get; init; }

    /// <inheritdoc cref="Experiment.Name"/>
    public string? Name { get; init; }

    /// <inheritdoc cref="Experiment.Phase"/>
    public string? Phase { get; init; }

    /// <summary>The rule as an experiment of a feature.</summary>
    internal Experiment ToExperiment(string feature) =>
        new()
        {
            Key = Key ?? feature,
            Variations = Variations ?? [],
            Weights = Weights,
            Coverage = Coverage,
            Ranges = Ranges,
            HashAttribute = HashAttribute,
            FallbackAttribute = FallbackAttribute,
            HashVersion = HashVersion,
            Seed = Seed,
            Namespace = Namespace,
            Filters = Filters,
            Meta = Meta,
            Condition = Condition,
            BucketVersion = BucketVersion,
            MinBucketVersion = MinBucketVersion,
            DisableStickyBucketing = DisableStickyBucketing,
            Name = Name,
            Phase = Phase,
        };
}
