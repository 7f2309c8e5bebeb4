using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>A share of the buckets: from <paramref name="Start"/> up to, not including, <paramref name="End"/>; 0 to 1. As JSON:
/// <c>[0, 0.5]</c>.</summary>
[JsonConverter(typeof(BucketRangeConverter))]
public readonly record struct BucketRange(double Start, double End)
{
    /// <summary>Whether a bucket lies in the range.</summary>
    public bool Contains(double bucket) => bucket >= Start && bucket < End;
}

/// <summary>How buckets are divided among variations.</summary>
public static class Buckets
{
    /// <summary>The same weight for each variation.</summary>
    /// <param name="variations">Below 1 there are no weights.</param>
    public static double[] EqualWeights(int variations) => variations < 1 ? [] : [.. Enumerable.Repeat(1.0 / variations, variations)];

    /// <summary>The range of each variation: each begins where its full weight begins and is as long as weight × coverage, so that
    /// raising the coverage adds units and moves none from one variation to another.</summary>
    /// <param name="variations">Number of variations.</param>
    /// <param name="coverage">Share of units that take part; taken as 0 or 1 where it lies outside.</param>
    /// <param name="weights">One a variation, with a sum of 0.99 to 1.01; otherwise, or when null, all weigh the same.</param>
    public static BucketRange[] Ranges(int variations, double coverage = 1, IReadOnlyList<double>? weights = null)
    {
        coverage = Math.Clamp(coverage, 0, 1);
        if (weights is null || weights.Count != variations || weights.Sum() is < 0.99 or > 1.01)
            weights = EqualWeights(variations);
        var start = 0.0;
        var ranges = new BucketRange[weights.Count];
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = new BucketRange(start, start + coverage * weights[i]);
            start += weights[i];
        }
        return ranges;
    }

    /// <summary>The variation whose range holds the bucket.</summary>
    /// <returns>Its number from 0, or −1 when none does.</returns>
    public static int Choose(double bucket, ReadOnlySpan<BucketRange> ranges)
    {
        for (var i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Contains(bucket))
                return i;
        }
        return -1;
    }
}

/// <summary>A slice of a namespace. Experiments with slices of one namespace that do not overlap never share a unit: mutual
/// exclusion. As JSON: <c>["pricing", 0, 0.5]</c>.</summary>
/// <param name="Id">Name of the namespace, which seeds the hash.</param>
/// <param name="Slice">The share of it that an experiment may use.</param>
[JsonConverter(typeof(NamespaceConverter))]
public sealed record Namespace(string Id, BucketRange Slice)
{
    /// <summary>Whether the unit falls in the slice; by hash version 1, as in every SDK.</summary>
    public bool Holds(ReadOnlySpan<char> unit) => Slice.Contains(BucketHash.First($"__{Id}", unit));
}

/// <summary>Units that no experiment and no campaign may touch, to measure what all of them together bring.</summary>
/// <param name="Seed">Another seed holds out others; change it when a new period of measuring begins.</param>
/// <param name="Share">0 to 1; raising it keeps those who are held out already.</param>
public sealed record HoldOut(string Seed, double Share)
{
    /// <summary>Whether the unit is held out.</summary>
    public bool Holds(ReadOnlySpan<char> unit) => BucketHash.Second(BucketHash.Fnv1a(Seed), unit) < Share;
}

internal sealed class BucketRangeConverter : JsonConverter<BucketRange>
{
    public override BucketRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<double[]>(ref reader, options) is [var start, var end]
            ? new BucketRange(start, end)
            : throw new JsonException("A range of buckets is two numbers: [0, 0.5].");

    public override void Write(Utf8JsonWriter writer, BucketRange value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new[] { value.Start, value.End }, options);
}

internal sealed class NamespaceConverter : JsonConverter<Namespace>
{
    public override Namespace Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<JsonElement[]>(ref reader, options)
            is [{ ValueKind: JsonValueKind.String } id, { ValueKind: JsonValueKind.Number } start, { ValueKind: JsonValueKind.Number } end]
            ? new Namespace(id.GetString()!, new BucketRange(start.GetDouble(), end.GetDouble()))
            : throw new JsonException("A namespace is its name and two numbers: [\"pricing\", 0, 0.5].");

    public override void Write(Utf8JsonWriter writer, Namespace value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new object[] { value.Id, value.Slice.Start, value.Slice.End }, options);
}
